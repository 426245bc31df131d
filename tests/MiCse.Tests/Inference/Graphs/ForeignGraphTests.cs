using CsCheck;
using MiCse.Files;
using MiCse.Inference;
using MiCse.Inference.Graphs;
using MiCse.Models;
using MiCse.Tensors;
using MiCse.Tests.Data;
using MiCse.Tokenization;
using MiCse.Vectors;
using MiCse.Weights;

namespace MiCse.Tests.Inference.Graphs;

/// <summary>ONNX files of other programs.</summary>
public sealed class ForeignGraphTests : IDisposable
{
    private static readonly string[] BertLike = ["bert", "roberta", "distilbert"];

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Weights_are_found_by_what_is_computed_with_them() => Gen.Select(
        RandomEncoder.Configs.Where(config => BertLike.Contains(config.ModelType) && config.HiddenSize >= 8), Gen.Bool, Gen.Bool, Gen.Bool, Gen.Int).Sample(
        (config, fuses, scales, names, seed) =>
        {
            var weights = RandomEncoder.Weights(config, seed);
            var path = Write(weights, new TorchStyle { FusesNorms = fuses, ScalesQueries = scales, NamesWeights = names, Output = scales ? "last_hidden_state" : "token_embeddings" });

            var graph = Open(path, config);

            using var expected = new CpuEngine(weights, Pooling.Mean, normalize: true, threads: 1);
            using var found = Assert.IsType<CpuEngine>(graph.Engine);
            var random = new Random(seed);
            int[][] texts = [.. Enumerable.Range(2, 5).Select(length => RandomEncoder.Ids(random, config, length))];
            Assert.Equal(expected.Encode(texts, Token).Values.ToArray(), found.Encode(texts, Token).Values.ToArray());
            Assert.Contains("its weights were found", graph.Reason, StringComparison.Ordinal);
        },
        iter: 40,
        threads: 1);

    [Fact]
    public void A_pooler_is_found_too()
    {
        var config = RandomEncoder.Small;
        var weights = RandomEncoder.Weights(config, 3);
        var path = Write(weights, new TorchStyle());
        using var checkpoint = MiCse.Checkpoints.Checkpoint.Open(path);

        var found = EncoderWeights.From(checkpoint, config);

        Assert.Equal(weights[WeightNames.Pooler.Weight].ToSingles(), found[WeightNames.Pooler.Weight].ToSingles());
        Assert.Equal(weights.Tensors.Keys.Order(), found.Tensors.Keys.Order());
    }

    [Fact]
    public void What_computes_something_else_is_run_as_it_is()
    {
        var config = RandomEncoder.Small;
        var path = Write(RandomEncoder.Weights(config, 4), new TorchStyle { Half = 0.9f });

        var graph = Open(path, config);

        using var engine = Assert.IsType<OnnxEngine>(graph.Engine);
        Assert.Contains("hidden states differ (cosine 0.", graph.Reason, StringComparison.Ordinal);
        Assert.Equal(EncoderPrecision.Float32, graph.Precision);
    }

    [Fact]
    public void A_quantized_graph_is_run_as_it_is_and_a_text_has_the_same_bytes_in_any_batch()
    {
        var config = RandomEncoder.Small;
        var weights = RandomEncoder.Weights(config, 5);
        var path = Write(weights, new TorchStyle { Quantizes = true });

        var graph = Open(path, config);

        using var engine = Assert.IsType<OnnxEngine>(graph.Engine);
        Assert.Equal((EncoderPrecision.Int8, "run as it is by ONNX Runtime: its matrices are quantized"), (graph.Precision, graph.Reason));
        using var exact = new CpuEngine(weights, Pooling.Mean, normalize: true, threads: 1);
        var random = new Random(6);
        int[][] texts = [.. Enumerable.Range(2, 20).Select(length => RandomEncoder.Ids(random, config, length))];
        var together = Encode(engine, texts, 2);
        for (var row = 0; row < texts.Length; row++)
        {
            Assert.Equal(Encode(engine, [texts[row]], 1)[0].ToArray(), together[row].ToArray());
            Assert.InRange(Similarity.Cosine(exact.Encode([texts[row]], Token)[0], together[row]), 0.9, 1.000001);
        }
    }

    [Fact]
    public void It_is_run_in_the_precision_it_has()
    {
        var path = Write(RandomEncoder.Weights(RandomEncoder.Small, 5), new TorchStyle { Quantizes = true });
        var failure = Assert.Throws<ModelFormatException>(() => Open(path, RandomEncoder.Small, precision: EncoderPrecision.Float32));
        Assert.Contains("and it is in int8", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Pooling.Cls)]
    [InlineData(Pooling.MeanOfLastTwo)]
    public void A_pooling_that_needs_more_than_the_last_hidden_states_is_refused(Pooling pooling)
    {
        var path = Write(RandomEncoder.Weights(RandomEncoder.Small, 5), new TorchStyle { Quantizes = true });
        var failure = Assert.Throws<ModelFormatException>(() => Open(path, RandomEncoder.Small, pooling));
        Assert.Contains($"the pooling {pooling.Name()} needs more", failure.Message, StringComparison.Ordinal);
    }

    private static EmbeddingMatrix Encode(OnnxEngine engine, IReadOnlyList<int[]> texts, int workers) =>
        engine.EncodeAsync([.. texts.Select(ids => new TokenizedText(ids, Truncated: false))], workers, Token).AsTask().GetAwaiter().GetResult();

    private string Write(EncoderWeights weights, TorchStyle style)
    {
        var path = _folder.File($"{Guid.NewGuid()}.onnx");
        File.WriteAllBytes(path, TorchGraph.Write(weights, style));
        return path;
    }

    private static ForeignGraph Open(string path, EncoderShape config, Pooling pooling = Pooling.Mean, EncoderPrecision? precision = null) =>
        ForeignGraph.Open(path, config, EmbeddingChain.Of(pooling, normalize: true), new Dictionary<string, Tensor>(), threads: 1, precision);
}
