using MiCse.Vectors;

namespace MiCse.Search.Scan;

/// <summary>What a scan looks for. A query is known by its row everywhere in the scan.</summary>
/// <param name="Queries">One vector a query.</param>
/// <param name="Norms">Their lengths.</param>
/// <param name="K">How many rows each query wants; at least 1.</param>
/// <param name="Measure">The similarity.</param>
/// <param name="MinScore">The least similarity of a hit; null for any.</param>
/// <param name="Quantized">Whether the scan reads rows quantized to int8.</param>
internal sealed record ScanRequest(EmbeddingMatrix Queries, double[] Norms, int K, SimilarityMeasure Measure, double? MinScore, bool Quantized = false)
{
    /// <summary>The key below which a row certainly misses <see cref="MinScore"/>; keys as <see cref="RowScorer"/> computes them.</summary>
    public float Floor(int query) => MinScore is not { } least || Norms[query] == 0
        ? float.NegativeInfinity
        : MathF.BitDecrement((float)(Measure == SimilarityMeasure.Cosine ? least : least / Norms[query]));
}
