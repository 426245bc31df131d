using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tests;
using MiCse.Training.Contrastive;

namespace MiCse.Training.Tests.Contrastive;

public sealed class HuggingFaceExportTests : IDisposable
{
    private readonly TinyTraining _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Theory]
    [InlineData(Models.Pooling.ClsBeforePooler)]
    [InlineData(Models.Pooling.MeanOfLastTwo)]
    public void The_exported_encoder_gives_the_vectors_that_were_evaluated(Models.Pooling pooling)
    {
        string[] texts = ["w5 w6 w7", "w9", "w100 w3 w50 w51 w52 w53 w54"];
        float[] evaluated = [];

        _tiny.Train("out", TinyTraining.Options with { Pooling = pooling }, evaluation: (encode, _) =>
        {
            evaluated = encode(texts).Values.ToArray();
            return 1;
        });

        using var encoder = SentenceEncoder.Load(_tiny.Folder("out"));
        var exported = encoder.Encode(texts, cancellationToken: TestContext.Current.CancellationToken).Embeddings.Values.ToArray();
        Assert.Equal(evaluated.Length, exported.Length);
        for (var index = 0; index < exported.Length; index++)
        {
            Assert.Equal(evaluated[index], exported[index], 1e-5);
        }
    }

    [Fact]
    public void The_folder_has_what_other_tools_need_and_no_training_head()
    {
        _tiny.Train("out");

        var files = Directory.GetFiles(_tiny.Folder("out"), "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_tiny.Folder("out"), file)).ToHashSet();
        Assert.Superset(
            new HashSet<string> { "config.json", "model.safetensors", "vocab.txt", "modules.json", Path.Combine("1_Pooling", "config.json"), "README.md" }, files);
        using var checkpoint = ModelFolder.Open(_tiny.Folder("out")).OpenCheckpoint();
        Assert.Contains(WeightNames.WordEmbeddings, checkpoint.Tensors.Keys);
        Assert.DoesNotContain(checkpoint.Tensors.Keys, name => name.StartsWith("mlp", StringComparison.Ordinal) || name.StartsWith("cls", StringComparison.Ordinal));
    }

    [Fact]
    public void The_pooler_of_the_model_is_kept_as_it_was()
    {
        var model = Directory.CreateDirectory(_tiny.Folder("with-pooler")).FullName;
        foreach (var name in new[] { "config.json", "model.safetensors" })
        {
            File.Copy(Fixture.Path("bert-random", name), Path.Combine(model, name));
        }

        File.WriteAllLines(Path.Combine(model, "vocab.txt"), TinyVocabulary.Words(512));
        var source = ModelFolder.Open(model);

        new Trainer(TinyTraining.Options with { Steps = 1 }).Train(
            source, TinyTraining.Corpus(), _tiny.Folder("out"), cancellationToken: TestContext.Current.CancellationToken);

        using var before = source.OpenCheckpoint();
        using var after = ModelFolder.Open(_tiny.Folder("out")).OpenCheckpoint();
        Assert.Equal(before.Tensors[WeightNames.Pooler.Weight].ToSingles(), after.Tensors[WeightNames.Pooler.Weight].ToSingles());
        Assert.NotEqual(before.Tensors[WeightNames.WordEmbeddings].ToSingles(), after.Tensors[WeightNames.WordEmbeddings].ToSingles());
    }

    [Fact]
    public void The_model_card_says_what_is_needed_to_train_again()
    {
        double[] scores = [0.25, 0.5, 0.125];
        var evaluations = 0;

        _tiny.Train("out", TinyTraining.Options with { EvaluateEvery = 4, Steps = 12 }, evaluation: (_, _) => scores[evaluations++]);

        var card = File.ReadAllText(Path.Combine(_tiny.Folder("out"), "README.md"));
        Assert.Contains($"| tiny.txt | 40 | `{TinyTraining.Corpus().Sha256}` |", card);
        Assert.Contains("| Seed | 42 |", card);
        Assert.Contains("| Layers | 1..3 |", card);
        Assert.Contains("| HiddenDropout | 0.1 |", card); // What the null in the options meant.
        Assert.Contains("| 4 | 0.2500 |", card);
        Assert.Contains("| 8 (best) | 0.5000 |", card);
        Assert.Contains("weights of step 8 of 12", card);
        Assert.Contains("libtorch", card);
    }
}
