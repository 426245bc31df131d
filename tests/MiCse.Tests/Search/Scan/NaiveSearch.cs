using MiCse.Search;
using MiCse.Vectors;

namespace MiCse.Tests.Search.Scan;

/// <summary>The slow, obvious search: every row compared, everything sorted.</summary>
internal static class NaiveSearch
{
    public static IReadOnlyList<(string Id, double Score)> Find(
        IReadOnlyList<(string Id, float[] Vector)> rows, float[] query, int k, SimilarityMeasure measure, double? minScore = null) =>
        [.. rows
            .Select(row => (row.Id, Score: Score(measure, query, row.Vector)))
            .Where(row => minScore is null || row.Score >= minScore)
            .OrderByDescending(row => row.Score).ThenBy(row => row.Id.Length).ThenBy(row => row.Id, StringComparer.Ordinal)
            .Take(k)];

    private static double Score(SimilarityMeasure measure, float[] first, float[] second) => measure switch
    {
        SimilarityMeasure.Cosine => Similarity.Cosine(first, second),
        SimilarityMeasure.DotProduct => Similarity.Dot(first, second),
        SimilarityMeasure.Euclidean => -Math.Sqrt(first.Zip(second).Sum(pair => ((double)pair.First - pair.Second) * ((double)pair.First - pair.Second))),
        _ => -first.Zip(second).Sum(pair => Math.Abs((double)pair.First - pair.Second)),
    };

    public static void AssertSame(IReadOnlyList<(string Id, double Score)> expected, IReadOnlyList<SearchHit> actual) =>
        Assert.Equal(expected, actual.Select(hit => (hit.Id, hit.Score)));
}
