using System.Text.Json;
using MiCse.Checkpoints;
using MiCse.Files;
using MiCse.Initialization;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tensors;
using MiCse.Tests.Data;
using MiCse.Weights;

namespace MiCse.Tests.ModelFolders;

public sealed class ModelFolderWriterTests : IDisposable
{
    private static readonly EncoderShape Config = new("bert")
    {
        VocabularySize = 7,
        HiddenSize = 6,
        Layers = 2,
        Heads = 2,
        IntermediateSize = 10,
        MaxPositions = 16,
    };

    private readonly TemporaryFolder _folder = new();

    public ModelFolderWriterTests()
    {
        Directory.CreateDirectory(_folder.File("tokenizer"));
        File.WriteAllText(_folder.File("tokenizer/vocab.txt"), "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\n");
        File.WriteAllText(_folder.File("tokenizer/tokenizer_config.json"), """{ "do_lower_case": true, "model_max_length": 512 }""");
    }

    [Theory]
    [InlineData(Pooling.ClsBeforePooler, false, "1_Pooling/config.json")]
    [InlineData(Pooling.ClsBeforePooler, true, "1_Pooling/config.json")]
    [InlineData(Pooling.Mean, false, "1_Pooling/config.json")]
    [InlineData(Pooling.Cls, false, "micse_pooling in config.json")]
    [InlineData(Pooling.MeanOfLastTwo, false, "micse_pooling in config.json")]
    [InlineData(Pooling.MeanOfFirstAndLast, false, "micse_pooling in config.json")]
    public void What_is_written_opens_with_the_same_meaning(Pooling pooling, bool normalize, string source)
    {
        Write(Content() with { Chain = EmbeddingChain.Of(pooling, normalize), MaxTokens = 12, ModelCard = "---\nlicense: apache-2.0\n---\n" });
        var folder = ModelFolder.Open(_folder.File("model"));
        Assert.Equal(Config, folder.Config);
        Assert.Equal(new PoolingChoice(pooling, normalize, source), folder.Pooling);
        Assert.Equal(12, folder.MaxTokens);
        Assert.Equal("apache-2.0", folder.License);
        Assert.Equal(File.ReadAllBytes(_folder.File("tokenizer/vocab.txt")), File.ReadAllBytes(_folder.File("model/vocab.txt")));
        using var checkpoint = folder.OpenCheckpoint();
        _ = EncoderWeights.From(checkpoint, Config);
    }

    [Theory]
    [InlineData("bert", "BertForMaskedLM", "bert.embeddings.word_embeddings.weight", "cls.predictions.transform.LayerNorm.weight", "cls.predictions.bias")]
    [InlineData("roberta", "RobertaForMaskedLM", "roberta.embeddings.word_embeddings.weight", "lm_head.layer_norm.weight", "lm_head.bias")]
    public void A_masked_language_model_has_the_names_of_transformers(string modelType, string type, params string[] names)
    {
        var content = Content() with { Config = Config with { Family = ModelFamily.Of(modelType) } };
        Write(content with { MaskedLanguageModelHead = Head() });

        var folder = ModelFolder.Open(_folder.File("model"));
        using var json = JsonDocument.Parse(File.ReadAllText(_folder.File("model/config.json")));
        Assert.Equal(type, json.RootElement.GetProperty("architectures")[0].GetString());
        using var checkpoint = folder.OpenCheckpoint();
        Assert.Superset(names.ToHashSet(), checkpoint.Tensors.Keys.ToHashSet());
        _ = EncoderWeights.From(checkpoint, folder.Config);
        var head = MaskedLanguageModelWeights.Find(checkpoint, folder.Config)!;
        Assert.Equal(Head().Select(weight => weight.Name).Order(), head.Keys.Order());
        Assert.Equal(Elements(7), head[WeightNames.MaskedLanguageModelDecoder.Bias].ToSingles());
    }

    [Fact]
    public void An_encoder_alone_has_no_head_and_half_a_head_is_named()
    {
        Write(Content());
        using (var alone = ModelFolder.Open(_folder.File("model")).OpenCheckpoint())
        {
            Assert.Null(MaskedLanguageModelWeights.Find(alone, Config));
        }

        Directory.Delete(_folder.File("model"), recursive: true);
        Write(Content() with { MaskedLanguageModelHead = Head().Where(weight => weight.Name != WeightNames.MaskedLanguageModelNorm.Weight) });
        using var half = ModelFolder.Open(_folder.File("model")).OpenCheckpoint();
        Assert.Contains(
            "missing or of another shape: cls.predictions.transform.LayerNorm.weight [6]",
            Assert.Throws<ModelFormatException>(() => MaskedLanguageModelWeights.Find(half, Config)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_head_of_an_old_checkpoint_is_found()
    {
        var old = new Dictionary<string, string>
        {
            ["cls.predictions.transform.LayerNorm.weight"] = "cls.predictions.transform.LayerNorm.gamma",
            ["cls.predictions.transform.LayerNorm.bias"] = "cls.predictions.transform.LayerNorm.beta",
        };
        var published = Config.Family.Names.MaskedLanguageModelHead!.All.ToDictionary(name => name.Canonical, name => name.File);
        SafetensorsWriter.Write(_folder.File("old.safetensors"), Head().Select(weight => weight.WithName(old.GetValueOrDefault(published[weight.Name], published[weight.Name]))), null, TestContext.Current.CancellationToken);

        using var checkpoint = Checkpoint.Open(_folder.File("old.safetensors"));

        Assert.Equal(5, MaskedLanguageModelWeights.Find(checkpoint, Config)!.Count);
    }

    [Fact]
    public void Other_tools_cut_at_the_position_table()
    {
        Write(Content());
        using var settings = JsonDocument.Parse(File.ReadAllText(_folder.File("model/tokenizer_config.json")));
        Assert.Equal(16, settings.RootElement.GetProperty("model_max_length").GetInt32());
        Assert.True(settings.RootElement.GetProperty("do_lower_case").GetBoolean());
    }

    [Fact]
    public void Files_in_the_way_are_kept_unless_told_otherwise()
    {
        Directory.CreateDirectory(_folder.File("model"));
        File.WriteAllText(_folder.File("model/precious"), "");
        Assert.Throws<IOException>(() => Write(Content()));
        Assert.Equal(["precious"], Directory.GetFileSystemEntries(_folder.File("model")).Select(Path.GetFileName));
        ModelFolderWriter.Write(_folder.File("model"), Content(), overwrite: true, TestContext.Current.CancellationToken);
        Assert.False(File.Exists(_folder.File("model/precious")));
        AssertNothingElse("model", "tokenizer");
    }

    [Fact]
    public void A_full_disk_is_one_sentence_and_leaves_nothing()
    {
        var full = Content().Weights.Select((tensor, index) => index < 3
            ? tensor
            : new Tensor(tensor.Name, tensor.Type, tensor.Shape, _ => throw new IOException("No space left on device", 28)));
        var failure = Assert.Throws<IOException>(() => Write(Content() with { Weights = full }));
        Assert.StartsWith(_folder.File("model") + ": cannot be written, the disk is full", failure.Message, StringComparison.Ordinal);
        AssertNothingElse("tokenizer");
    }

    [Fact]
    public void Weights_that_do_not_fit_leave_nothing()
    {
        var failure = Assert.Throws<ModelFormatException>(() => Write(Content() with { Weights = Content().Weights.Skip(1) }));
        Assert.Contains("1 key (embeddings.word_embeddings.weight) is missing", failure.Message, StringComparison.Ordinal);
        AssertNothingElse("tokenizer");
    }

    [Fact]
    public void A_folder_without_tokenizer_is_refused() =>
        Assert.Contains("has no tokenizer", Assert.Throws<ModelFormatException>(() => Write(Content() with { TokenizerFolder = _folder.Path })).Message, StringComparison.Ordinal);

    [Fact]
    public void Senseless_sizes_are_refused_before_anything_is_written()
    {
        var content = Content() with { Config = Config with { Heads = 4 } };
        Assert.Contains("hidden_size 6 is not a multiple of num_attention_heads 4", Assert.Throws<ModelFormatException>(() => Write(content)).Message, StringComparison.Ordinal);
        AssertNothingElse("tokenizer");
    }

    public void Dispose() => _folder.Dispose();

    private ModelContent Content() =>
        new() { Config = Config, Weights = ModelInitializer.Weights(Config, 42), TokenizerFolder = _folder.File("tokenizer") };

    private static List<Tensor> Head() =>
    [
        Tensor.From(WeightNames.MaskedLanguageModelTransform.Weight, [6, 6], Elements(36)),
        Tensor.From(WeightNames.MaskedLanguageModelTransform.Bias, [6], Elements(6)),
        Tensor.From(WeightNames.MaskedLanguageModelNorm.Weight, [6], Elements(6)),
        Tensor.From(WeightNames.MaskedLanguageModelNorm.Bias, [6], Elements(6)),
        Tensor.From(WeightNames.MaskedLanguageModelDecoder.Bias, [7], Elements(7)),
    ];

    private static float[] Elements(int count) => [.. Enumerable.Range(0, count).Select(index => (float)index)];

    private void Write(ModelContent content) => ModelFolderWriter.Write(_folder.File("model"), content, cancellationToken: TestContext.Current.CancellationToken);

    private void AssertNothingElse(params string[] names) =>
        Assert.Equal(names, Directory.GetFileSystemEntries(_folder.Path).Select(entry => Path.GetFileName(entry)).Order());
}
