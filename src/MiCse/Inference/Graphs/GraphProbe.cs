using MiCse.Models;
using MiCse.Numerics;
using MiCse.Tokenization;
using MiCse.Vectors;

namespace MiCse.Inference.Graphs;

/// <summary>Compares what this library computes with weights that were found in a graph with what ONNX Runtime computes with the graph itself.</summary>
internal static class GraphProbe
{
    /// <summary>The least cosine of two hidden states that are the same but for the order of sums; weights in 16 bits are rounded otherwise on the way.</summary>
    public const double Least = 0.99999;

    private const int Tokens = 16;
    private const long Seed = 14;

    /// <summary>Runs a text of random words through both.</summary>
    /// <returns>The smallest cosine of a token's two hidden states, or of the text's embeddings where the graph gives no others.</returns>
    public static double Compare(CpuEngine engine, OnnxEngine graph, EncoderShape config)
    {
        var random = new RandomSequence(Seed);
        var ids = Enumerable.Range(0, Math.Min(Tokens, config.MaxTokens)).Select(_ => Word(random.Next(config.VocabularySize), config)).ToArray();
        var (first, second) = graph.HasHiddenStates
            ? (Result(engine.EncodeTokensAsync(ids, 1, CancellationToken.None)), Result(graph.EncodeTokensAsync(ids, 1, CancellationToken.None)))
            : (Result(engine.EncodeAsync([new TokenizedText(ids, Truncated: false)], 1, CancellationToken.None)), Result(graph.EncodeAsync([new TokenizedText(ids, Truncated: false)], 1, CancellationToken.None)));
        return Enumerable.Range(0, first.Count).Min(row => Similarity.Cosine(first[row], second[row]));
    }

    // Padding has a position of its own in some families.
    private static int Word(int id, EncoderShape config) => id == config.PadTokenId ? (id + 1) % config.VocabularySize : id;

    // Both compute on the calling thread.
    private static EmbeddingMatrix Result(ValueTask<EmbeddingMatrix> computed) => computed.GetAwaiter().GetResult();
}
