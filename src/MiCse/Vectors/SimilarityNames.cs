namespace MiCse.Vectors;

/// <summary>How measures are spelled: in config_sentence_transformers.json (<c>similarity_fn_name</c>) and on the command line.</summary>
internal static class SimilarityNames
{
    /// <summary>The names.</summary>
    public static IReadOnlyList<string> All => s_names;

    // In the order of SimilarityMeasure.
    private static readonly string[] s_names = ["cosine", "dot", "euclidean", "manhattan"];

    /// <summary>The measure of a name; null for another name.</summary>
    public static SimilarityMeasure? Find(string name) => Array.IndexOf(s_names, name) is >= 0 and var index ? (SimilarityMeasure)index : null;

    /// <summary>The name of a measure.</summary>
    public static string Name(this SimilarityMeasure measure) => s_names[(int)measure];
}
