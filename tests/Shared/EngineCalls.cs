using MiCse.Inference;
using MiCse.Tokenization;
using MiCse.Vectors;

namespace MiCse.Tests;

/// <summary>Calls of the engine in C#, which computes on the thread of its caller.</summary>
internal static class EngineCalls
{
    /// <summary>A batch on one core.</summary>
    public static EmbeddingMatrix Encode(this CpuEngine engine, IReadOnlyList<int[]> texts, CancellationToken cancellationToken = default) =>
        engine.EncodeAsync(Tokenized(texts), 1, cancellationToken).AsTask().GetAwaiter().GetResult();

    /// <summary>A batch on all cores.</summary>
    public static EmbeddingMatrix EncodeOnAllCores(this CpuEngine engine, IReadOnlyList<int[]> texts, CancellationToken cancellationToken = default) =>
        engine.EncodeAsync(Tokenized(texts), engine.Workers, cancellationToken).AsTask().GetAwaiter().GetResult();

    private static TokenizedText[] Tokenized(IReadOnlyList<int[]> texts) => [.. texts.Select(ids => new TokenizedText(ids, Truncated: false))];
}
