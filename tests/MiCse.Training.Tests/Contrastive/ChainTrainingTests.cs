using MiCse.Checkpoints;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tensors;
using MiCse.Tests;
using MiCse.Training.Contrastive;
using MiCse.Training.Model;
using MiCse.Verification;

namespace MiCse.Training.Tests.Contrastive;

/// <summary>Models whose pooled vector goes through modules with weights: libtorch computes them, and a training keeps and changes them.</summary>
public sealed class ChainTrainingTests : IDisposable
{
    private static readonly string[] s_texts = ["w5 w6 w7", "w9", "w100 w3 w50 w51 w52 w53 w54"];

    private readonly TinyTraining _tiny = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _tiny.Dispose();

    [Theory]
    [InlineData("cls-dense-normalize")]
    [InlineData("concatenated-truncated")]
    [InlineData("mean-dense-bin")]
    [InlineData("prompt-left-out")]
    [InlineData("weighted-mean")]
    [InlineData("last-token")]
    [InlineData("mean-sqrt")]
    public void Both_engines_compute_a_chain(string name)
    {
        using var encoder = SentenceEncoder.Load(Fixture.Shared("fixtures", "families", "chains", name), new SentenceEncoderOptions { Dimensions = 8 });
        string[] texts = ["A man is playing a guitar.", "x", "", "Where is the library?"];
        var check = EmbeddingComparison.Near(
            "engines", encoder.Encode(texts, cancellationToken: Token).Embeddings, LibtorchEncoder.Encode(encoder, texts, Token), 2e-5);
        Assert.True(check.Ok, $"{check.MaxAbsoluteDifference}");
    }

    [Fact]
    public void A_dense_layer_is_trained_and_written_again()
    {
        var model = WithDense();
        float[] evaluated = [];
        new Trainer(TinyTraining.Options).Train(model, TinyTraining.Corpus(), _tiny.Folder("out"), (encode, _) =>
        {
            evaluated = encode(s_texts).Values.ToArray();
            return 1;
        }, cancellationToken: Token);

        var trained = ModelFolder.Open(_tiny.Folder("out"));
        Assert.Equal(model.Chain.ToString(), trained.Chain.ToString());
        var (before, after) = (model.ReadModuleWeights(), trained.ReadModuleWeights());
        Assert.All(before, weight => Assert.NotEqual(weight.Value.ToSingles(), after[weight.Key].ToSingles()));
        using var encoder = SentenceEncoder.Load(_tiny.Folder("out"));
        var exported = encoder.Encode(s_texts, cancellationToken: Token).Embeddings;
        Assert.Equal(10, exported.Dimensions);
        Assert.All(evaluated.Zip(exported.Values.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Fact]
    public void A_resumed_training_gives_the_same_modules()
    {
        var model = WithDense();
        new Trainer(TinyTraining.Options).Train(model, TinyTraining.Corpus(), _tiny.Folder("whole"), cancellationToken: Token);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Assert.Throws<OperationCanceledException>(() => new Trainer(TinyTraining.Options).Train(
            model, TinyTraining.Corpus(), _tiny.Folder("parts"), progress: new Stop(stop, step: 5), cancellationToken: stop.Token));
        new Trainer(TinyTraining.Options).Train(model, TinyTraining.Corpus(), _tiny.Folder("parts"), resume: true, cancellationToken: Token);
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(_tiny.Folder("whole"), "2_Dense", "model.safetensors")), File.ReadAllBytes(Path.Combine(_tiny.Folder("parts"), "2_Dense", "model.safetensors")));
    }

    [Fact]
    public void A_pooling_that_no_folder_can_say_is_refused_before_the_training()
    {
        var failure = Assert.Throws<ArgumentException>(() => new Trainer(TinyTraining.Options with { Pooling = Pooling.MeanOfLastTwo }).Train(
            WithDense(), TinyTraining.Corpus(), _tiny.Folder("out"), cancellationToken: Token));
        Assert.Contains("Pooling is mean-last-two, which no folder can say before the modules", failure.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_tiny.Folder("out")));
    }

    /// <summary>The tiny model with a mean, a Dense 24→10 and a LayerNorm.</summary>
    private ModelFolder WithDense()
    {
        var path = _tiny.Folder("with-dense");
        if (Directory.Exists(path))
        {
            return ModelFolder.Open(path);
        }

        Directory.CreateDirectory(path);
        foreach (var file in Directory.GetFiles(_tiny.Model.Path))
        {
            File.Copy(file, Path.Combine(path, Path.GetFileName(file)));
        }

        File.WriteAllText(Path.Combine(path, "modules.json"),
            """
            [{"idx":0,"name":"0","path":"","type":"sentence_transformers.models.Transformer"},
             {"idx":1,"name":"1","path":"1_Pooling","type":"sentence_transformers.models.Pooling"},
             {"idx":2,"name":"2","path":"2_Dense","type":"sentence_transformers.models.Dense"},
             {"idx":3,"name":"3","path":"3_LayerNorm","type":"sentence_transformers.models.LayerNorm"}]
            """);
        Write("1_Pooling", """{"word_embedding_dimension":24,"pooling_mode_mean_tokens":true}""");
        var random = new Random(1);
        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
        Write("2_Dense", """{"in_features":24,"out_features":10,"bias":true,"activation_function":"torch.nn.modules.activation.Tanh"}""",
            Tensor.From("linear.weight", [10, 24], Numbers(240)), Tensor.From("linear.bias", [10], Numbers(10)));
        Write("3_LayerNorm", """{"dimension":10}""", Tensor.From("norm.weight", [10], Numbers(10)), Tensor.From("norm.bias", [10], Numbers(10)));
        return ModelFolder.Open(path);

        void Write(string module, string config, params Tensor[] tensors)
        {
            var folder = Directory.CreateDirectory(Path.Combine(path, module)).FullName;
            File.WriteAllText(Path.Combine(folder, "config.json"), config);
            if (tensors.Length > 0)
            {
                SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), tensors, null, Token);
            }
        }
    }

    private sealed class Stop(CancellationTokenSource cancellation, int step) : IProgress<TrainingEvent>
    {
        public void Report(TrainingEvent value)
        {
            if (value.Step == step)
            {
                cancellation.Cancel();
            }
        }
    }
}
