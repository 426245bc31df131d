using MiCse.Search;
using MiCse.Vectors;

namespace MiCse.Tests.Search.Scan;

/// <summary>The slow, obvious search: every row compared, everything sorted.</summary>
internal static class NaiveSearch
{
    public static IReadOnlyList<(string Id, double Score)> Find(
        IReadOnlyList<(string Id, float[] Vector)> rows, float[] query, int k, SimilarityMeasure measure, double? minScore = null) =>
        [.. rows
            .Select(row => (row.Id, Score: measure == SimilarityMeasure.Cosine ? Similarity.Cosine(query, row.Vector) : Similarity.Dot(query, row.Vector)))
            .Where(row => minScore is null || row.Score >= minScore)
            .OrderByDescending(row => row.Score).ThenBy(row => row.Id.Length).ThenBy(row => row.Id, StringComparer.Ordinal)
            .Take(k)];

    public static void AssertSame(IReadOnlyList<(string Id, double Score)> expected, IReadOnlyList<SearchHit> actual) =>
        Assert.Equal(expected, actual.Select(hit => (hit.Id, hit.Score)));
}
