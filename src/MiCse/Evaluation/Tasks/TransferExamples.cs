namespace MiCse.Evaluation.Tasks;

/// <summary>
/// Labelled sentences, or pairs of sentences, in SentEval's order: by number of words, then by label. Folds are drawn over this order.
/// </summary>
internal sealed class TransferExamples
{
    /// <summary>Sorts the examples.</summary>
    /// <param name="examples">In file order.</param>
    /// <param name="classes">Number of classes.</param>
    public TransferExamples(IEnumerable<(string First, string? Second, int Label)> examples, int classes)
    {
        (string First, string? Second, int Label)[] sorted =
            [.. examples.OrderBy(example => Words(example.First)).ThenBy(example => Words(example.Second))
                .ThenBy(example => example.Label)];
        First = Array.ConvertAll(sorted, example => example.First);
        Second = sorted is [{ Second: not null }, ..] ? Array.ConvertAll(sorted, example => example.Second!) : null;
        Labels = Array.ConvertAll(sorted, example => example.Label);
        Classes = classes;
    }

    public string[] First { get; }

    /// <summary>The other sentence of each pair; null where an example is one sentence.</summary>
    public string[]? Second { get; }

    public int[] Labels { get; }

    public int Classes { get; }

    public IEnumerable<string> Sentences => First.Concat(Second ?? []);

    /// <summary>Words are joined by one blank.</summary>
    private static int Words(string? sentence) => string.IsNullOrEmpty(sentence) ? 0 : sentence.Count(character => character == ' ') + 1;
}
