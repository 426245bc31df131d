using MiCse.Checkpoints;
using MiCse.Checkpoints.Onnx;
using MiCse.Files;
using MiCse.Models;
using MiCse.Tensors;
using MiCse.Weights;

namespace MiCse.Inference.Graphs;

/// <summary>
/// How an ONNX graph of another program is run: by this library's layers where its weights are found and give the graph's own hidden states on a text of
/// random words, else by ONNX Runtime as it is.
/// </summary>
/// <param name="Engine">What runs it.</param>
/// <param name="Precision">What is multiplied.</param>
/// <param name="Reason">Why that, for people.</param>
internal sealed record ForeignGraph(IEncoderEngine Engine, EncoderPrecision Precision, string Reason)
{
    /// <summary>Opens a graph.</summary>
    /// <param name="path">The file.</param>
    /// <param name="config">Its sizes.</param>
    /// <param name="chain">What is computed from the hidden states.</param>
    /// <param name="modules">The weights of the chain's modules.</param>
    /// <param name="threads">How many threads compute at a time.</param>
    /// <param name="precision">What is to be multiplied; null takes what the graph has.</param>
    /// <exception cref="ModelFormatException">It is broken, no encoder, or has not the precision that is asked for.</exception>
    public static ForeignGraph Open(string path, EncoderShape config, EmbeddingChain chain, IReadOnlyDictionary<string, Tensor> modules, int threads, EncoderPrecision? precision)
    {
        using var file = MappedFile.Open(path);
        using var graph = OnnxGraph.Read(file);
        var (cosine, reason) = (0.0, "");
        if (FindWeights(graph, config, out reason) is { } weights)
        {
            var own = new CpuEngine(new CheckpointGraphWeights(weights), chain, modules, threads, EncoderPrecision.Float32);
            try
            {
                using var original = new OnnxEngine(path, config, EmbeddingChain.Of(Pooling.Mean), new Dictionary<string, Tensor>(), threads: 1);
                cosine = GraphProbe.Compare(own, original, config);
            }
            catch
            {
                own.Dispose();
                throw;
            }

            if (cosine >= GraphProbe.Least)
            {
                return new ForeignGraph(
                    InPrecision(own, weights, chain, modules, threads, precision),
                    precision ?? EncoderPrecision.Float32,
                    "its weights were found by what is computed with them; a text of random words has the hidden states that ONNX Runtime gives it");
            }

            own.Dispose();
            reason = FormattableString.Invariant($"its weights seem to be those of a {config.ModelType} encoder, but hidden states differ (cosine {cosine:0.00000})");
        }

        return Run(path, graph, config, chain, modules, threads, precision, reason);
    }

    private static EncoderWeights? FindWeights(OnnxGraph graph, EncoderShape config, out string reason)
    {
        if (!EncoderPattern.TryFind(graph, out var found, out var missing))
        {
            reason = missing;
            return null;
        }

        try
        {
            reason = "";
            return EncoderWeights.From(new Checkpoint(graph.Path, found, null) { HasCanonicalNames = true }, config);
        }
        catch (ModelFormatException failure)
        {
            reason = failure.Message[(graph.Path.Length + 2)..];
            return null;
        }
    }

    private static CpuEngine InPrecision(CpuEngine own, EncoderWeights weights, EmbeddingChain chain, IReadOnlyDictionary<string, Tensor> modules, int threads, EncoderPrecision? precision)
    {
        if (precision is null or EncoderPrecision.Float32)
        {
            return own;
        }

        own.Dispose();
        return new CpuEngine(new CheckpointGraphWeights(weights, InputMeasurement.Of), chain, modules, threads, precision.Value);
    }

    private static ForeignGraph Run(
        string path, OnnxGraph graph, EncoderShape config, EmbeddingChain chain, IReadOnlyDictionary<string, Tensor> modules, int threads, EncoderPrecision? precision, string reason)
    {
        var has = graph.IsQuantized ? EncoderPrecision.Int8 : EncoderPrecision.Float32;
        if (precision is { } wanted && wanted != has)
        {
            throw new ModelFormatException(
                path, $"is run as it is by ONNX Runtime ({reason}), and it is in {has.Name()}: leave the precision out, or give a folder with model.safetensors");
        }

        return new ForeignGraph(new OnnxEngine(path, config, chain, modules, threads), has, $"run as it is by ONNX Runtime: {reason}");
    }
}
