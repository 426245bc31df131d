using MiCse.Data;

namespace MiCse.Training.Batches;

/// <summary>
/// Which columns of a training file are texts, and what for. The names decide first, as data sets are published for sentence-transformers: labels, scores
/// and ids are no texts, and some names say what a column is for. Of the others, columns of numbers are no texts.
/// </summary>
internal sealed record TrainingColumns
{
    private static readonly string[] NotTexts =
    [
        "", "label", "labels", "score", "scores", "similarity_score", "similarity", "relatedness_score", "gold_label", "label_text", "target",
        "id", "ids", "idx", "index", "guid", "uid", "uuid", "__index_level_0__", "unnamed: 0",
    ];

    private static readonly string[] Endings = ["_id", "_ids", "_idx", "_label", "_score"];

    /// <summary>What tells groups of texts apart; beside another column it may be a text or not.</summary>
    private static readonly string[] Groups =
        ["topic", "category", "class", "genre", "domain", "split", "lang", "language", "source", "title", "url", "date", "author", "name", "description"];

    /// <summary>Names of sentences, of pairs and of pairs with hard negatives, the longest first.</summary>
    private static readonly string[][] Known =
    [
        ["anchor", "positive", "negative"], ["sent0", "sent1", "hard_neg"], ["query", "positive", "negative"], ["sentence1", "sentence2", "hard_neg"],
        ["sentence1", "sentence2"], ["sentence_1", "sentence_2"], ["sentence_a", "sentence_b"], ["anchor", "positive"], ["sent0", "sent1"],
        ["sent1", "sent2"], ["text1", "text2"], ["text_1", "text_2"], ["query", "positive"], ["query", "answer"], ["query", "passage"], ["question", "answer"],
        ["question1", "question2"], ["premise", "hypothesis"], ["text"], ["sentence"],
    ];

    /// <summary>All columns of the file; empty when its format has no names.</summary>
    public required IReadOnlyList<string> All { get; init; }

    /// <summary>The columns that hold texts.</summary>
    public required IReadOnlyList<string> Texts { get; init; }

    /// <summary>Sentences, or the first texts of pairs, the second and the hard negatives; null when it is not clear which those are.</summary>
    public required IReadOnlyList<string>? Roles { get; init; }

    /// <summary>The columns that are not used when <paramref name="used"/> are.</summary>
    public IReadOnlyList<string> LeftOut(IReadOnlyList<string> used) => [.. All.Except(used, StringComparer.Ordinal)];

    /// <summary>Looks at the names and the first rows of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How to read it; columns are not looked at.</param>
    /// <returns>Null when the file's columns have no names.</returns>
    public static TrainingColumns? Of(string path, TextFileOptions? options)
    {
        if (options?.NoHeader == true)
        {
            return null;
        }

        var samples = TextFile.SampleColumns(path, options);
        return samples.Count == 0 ? null : Of(samples);
    }

    private static TrainingColumns Of(IReadOnlyList<ColumnSample> samples)
    {
        string[] all = [.. samples.Select(sample => sample.Name)];
        var known = Known.Select(names => Find(all, names)).FirstOrDefault(found => found is not null);
        string[] texts = samples switch
        {
            [var only] => [only.Name],
            _ => [.. samples.Where(sample => known?.Contains(sample.Name) == true || (!IsNotText(sample.Name) && sample.IsText)).Select(sample => sample.Name)],
        };
        return new TrainingColumns { All = all, Texts = texts, Roles = known ?? Unknown(texts) };
    }

    // One column can only be the sentences and two a pair, unless a name says that the pair is none; three in any order are a guess.
    private static string[]? Unknown(string[] texts) => texts switch
    {
        [var only] => [only],
        [var first, var second] when first != second && !texts.Any(name => Groups.Contains(name, StringComparer.OrdinalIgnoreCase)) => texts,
        _ => null,
    };

    private static string[]? Find(string[] all, string[] names)
    {
        var found = names.Select(name => all.Where(column => column.Equals(name, StringComparison.OrdinalIgnoreCase)).ToArray()).ToArray();
        return found.All(columns => columns.Length == 1) ? [.. found.Select(columns => columns[0])] : null;
    }

    private static bool IsNotText(string name) =>
        NotTexts.Contains(name.Trim(), StringComparer.OrdinalIgnoreCase) || Endings.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
}
