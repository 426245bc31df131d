using System.Globalization;
using MiCse.Evaluation;
using MiCse.Evaluation.Tasks;
using MiCse.Export;
using MiCse.Inference.Graphs;
using MiCse.Models;
using MiCse.Vectors;

namespace MiCse.Tests.RealWeights;

/// <summary>
/// all-MiniLM-L6-v2 and snowflake-arctic-embed-xs from the ONNX files that they are published as, against ONNX Runtime on these files and against the scores that MTEB's
/// leaderboard lists for them.
/// </summary>
public sealed class RealWeightsTests : IClassFixture<RealModels>
{
    private readonly RealModels _models;

    public RealWeightsTests(RealModels models) => _models = models;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(nameof(RealModels.MiniLm))]
    [InlineData(nameof(RealModels.Arctic))]
    public async Task Vectors_are_those_of_the_published_graph(string name)
    {
        var model = _models[name];
        using var encoder = SentenceEncoder.Load(model.Path);
        using var graph = new OnnxEngine(model.Graph, encoder.Folder.Config, encoder.Folder.Chain, encoder.Folder.ReadModuleWeights(), threads: 1);
        var sentences = Sentences();
        string[] texts = [.. sentences.Take(100), .. sentences.Chunk(20).Take(10).Select(chunk => string.Join(' ', chunk))];

        var found = encoder.Encode(texts, null, Token).Embeddings;

        for (var text = 0; text < texts.Length; text++)
        {
            var tokens = encoder.Tokenizer.Tokenize(encoder.Folder.Preparation.Apply(texts[text]), encoder.MaxTokens);
            var expected = await graph.EncodeAsync([tokens], 1, Token);
            Assert.InRange(Similarity.Cosine(expected[0], found[text]), 0.999999, 1.000001);
        }
    }

    [Theory]
    [InlineData(nameof(RealModels.MiniLm))]
    [InlineData(nameof(RealModels.Arctic))]
    public void Info_says_that_the_weights_were_found_in_the_graph(string name)
    {
        var run = CommandRun.Of("info", "--model", _models[name].Path, "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("its weights were found by what is computed with them", run.Json.GetProperty("graph").GetString(), StringComparison.Ordinal);
    }

    /// <summary>As published: STS13 80.60 for all-MiniLM-L6-v2.</summary>
    [Theory]
    [InlineData(nameof(RealModels.MiniLm), "STS13", 80.60)]
    [InlineData(nameof(RealModels.MiniLm), "STSBenchmark", 86.72)]
    public void Scores_are_those_that_were_published_or_measured_on_the_published_graph(string name, string task, double expected)
    {
        using var encoder = SentenceEncoder.Load(_models[name].Path);

        Assert.InRange(Score(encoder, task), expected - 0.02, expected + 0.02);
    }

    [Fact]
    public void A_model_whose_folder_names_a_prompt_needs_it()
    {
        using var encoder = SentenceEncoder.Load(_models[nameof(RealModels.Arctic)].Path);

        // Without the prompt it scores about ten points less.
        Assert.InRange(Score(encoder, "STSBenchmark"), 78, 90);
    }

    [Theory]
    [InlineData(nameof(RealModels.MiniLm))]
    [InlineData(nameof(RealModels.Arctic))]
    public void Int8_keeps_the_model(string name)
    {
        using var float32 = SentenceEncoder.Load(_models[name].Path);
        using var int8 = SentenceEncoder.Load(_models[name].Path, new SentenceEncoderOptions { Precision = EncoderPrecision.Int8 });
        var options = new QuantizationMeasurementOptions { TextsSource = "STS Benchmark", Float32Bytes = 0, Int8Bytes = 0, Threads = 1, EvaluationFolder = Fixture.Shared("data", "senteval") };

        var receipt = QuantizationMeasurement.Measure(float32, int8, Sentences()[..1000], options, TimeProvider.System, Token);

        TestContext.Current.TestOutputHelper?.WriteLine(string.Join("\n", receipt.ToRows().Select(row => string.Join(": ", row))));
        Assert.InRange(receipt.MeanCosine, 0.9985, 1);

        // 98.0 and 98.2 % with all 127 levels; 97.4 and 97.7 % with the 64 of processors without VNNI.
        Assert.InRange(receipt.NeighborOverlap, 0.97, 1);
        Assert.InRange((receipt.Int8Sts - receipt.Float32Sts)!.Value * 100, -0.1, 0.1);
    }

    private static double Score(SentenceEncoder encoder, string task)
    {
        var tasks = EvaluationTask.Select([task], task == "STSBenchmark" ? EvaluationSplit.Dev : EvaluationSplit.Test);
        var evaluator = new Evaluator(Fixture.Shared("data", "senteval"), tasks, new EvaluatorOptions { BootstrapSamples = 0 });
        var score = evaluator.Evaluate(encoder, null, Token).Sts.Single().All.Spearman * 100;
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{task} {score:0.00}"));
        return score;
    }

    /// <summary>Sentences of STS Benchmark's development set.</summary>
    private static string[] Sentences() => [.. File.ReadLines(Fixture.Shared("data", "senteval", "STS", "STSBenchmark", "sts-dev.csv"))
        .SelectMany(line => line.Split('\t')[5..7]).Distinct()];
}

/// <summary>The models, each written once for all tests; skips a test whose model is not there.</summary>
public sealed class RealModels : IDisposable
{
    private readonly Dictionary<string, Lazy<RealModel>> _models = new()
    {
        [nameof(MiniLm)] = new(RealModel.MiniLm),
        [nameof(Arctic)] = new(RealModel.Arctic),
    };

    /// <summary>Names of the models.</summary>
    public const string MiniLm = "MiniLm", Arctic = "Arctic";

    internal RealModel this[string name] => _models[name].Value;

    public void Dispose()
    {
        foreach (var model in _models.Values.Where(model => model.IsValueCreated))
        {
            model.Value.Dispose();
        }
    }
}
