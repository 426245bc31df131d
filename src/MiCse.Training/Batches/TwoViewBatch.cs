using MiCse.Tokenization;

namespace MiCse.Training.Batches;

/// <summary>The sequences of one step; those of an example are neighbours: first view, second view and, if the data has them, the hard negative.</summary>
internal sealed class TwoViewBatch
{
    private TwoViewBatch(TokenBatch tokens, int sequencesPerExample)
    {
        Tokens = tokens;
        SequencesPerExample = sequencesPerExample;
    }

    /// <summary>The padded sequences: [examples · <see cref="SequencesPerExample"/>, tokens].</summary>
    public TokenBatch Tokens { get; }

    /// <summary>2, or 3 with hard negatives.</summary>
    public int SequencesPerExample { get; }

    /// <summary>Number of examples.</summary>
    public int Examples => Tokens.Count / SequencesPerExample;

    /// <summary>Tokens that are not padding.</summary>
    public int TokenCount => Tokens.Mask.Sum();

    /// <summary>Tokenizes and pads examples.</summary>
    /// <param name="examples">All or none with a hard negative.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="maxTokens">Longer texts are truncated to this number of tokens.</param>
    /// <exception cref="ArgumentException">Some examples have a hard negative and some have none.</exception>
    public static TwoViewBatch From(IReadOnlyList<TrainingExample> examples, Tokenizer tokenizer, int maxTokens)
    {
        ArgumentNullException.ThrowIfNull(examples);
        ArgumentNullException.ThrowIfNull(tokenizer);
        var sequences = new List<int[]>(3 * examples.Count);
        foreach (var example in examples)
        {
            var first = Ids(example.First);
            sequences.Add(first);
            sequences.Add(example.Second == example.First ? first : Ids(example.Second));
            if (example.HardNegative is not null)
            {
                sequences.Add(Ids(example.HardNegative));
            }
        }

        var hardNegatives = sequences.Count - 2 * examples.Count;
        return hardNegatives == 0 || hardNegatives == examples.Count
            ? new TwoViewBatch(new TokenBatch(sequences, tokenizer.SpecialTokens.Padding), hardNegatives == 0 ? 2 : 3)
            : throw new ArgumentException($"{hardNegatives} of {examples.Count} examples have a hard negative: all or none must.", nameof(examples));

        int[] Ids(string text) => tokenizer.Tokenize(text, maxTokens).Ids;
    }
}
