namespace MiCse.Vectors;

/// <summary>How measures are spelled: in config_sentence_transformers.json (<c>similarity_fn_name</c>) and on the command line.</summary>
internal static class SimilarityNames
{
    /// <summary>The names.</summary>
    public static IReadOnlyList<(string Name, SimilarityMeasure Measure)> All { get; } =
    [
        ("cosine", SimilarityMeasure.Cosine),
        ("dot", SimilarityMeasure.DotProduct),
        ("euclidean", SimilarityMeasure.Euclidean),
        ("manhattan", SimilarityMeasure.Manhattan),
    ];

    /// <summary>The measure of a name; null for another name.</summary>
    public static SimilarityMeasure? Find(string name) => All.FirstOrDefault(row => row.Name == name) is { Name: not null } found ? found.Measure : null;

    /// <summary>The name of a measure.</summary>
    public static string Name(this SimilarityMeasure measure) => All[(int)measure].Name;
}
