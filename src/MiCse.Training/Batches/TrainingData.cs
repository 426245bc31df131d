using MiCse.Files;
using MiCse.Tokenization;

namespace MiCse.Training.Batches;

/// <summary>
/// A corpus in two parts: what is trained on, and what is held out to measure on. The held-out examples are drawn by the seed among the
/// distinct ones; other examples with a text of theirs are in neither part, so that nothing held out is ever trained on. Immutable and thread-safe.
/// </summary>
internal sealed class TrainingData
{
    private readonly int[] _training;

    private TrainingData(SentenceCorpus corpus, int[] training, IReadOnlyList<TrainingExample> heldOut)
    {
        Corpus = corpus;
        _training = training;
        HeldOut = heldOut;
    }

    /// <summary>Both parts.</summary>
    public SentenceCorpus Corpus { get; }

    /// <summary>What is measured on, in the order of the corpus; empty for nothing.</summary>
    public IReadOnlyList<TrainingExample> HeldOut { get; }

    /// <summary>Number of examples that are trained on.</summary>
    public int Count => _training.Length;

    /// <summary>Holds the given number of examples out.</summary>
    /// <exception cref="DataFormatException">There are not as many different examples.</exception>
    public static TrainingData HoldOut(SentenceCorpus corpus, int count, long seed)
    {
        var held = Draw(corpus, count, new Randomness(seed));
        var texts = held.SelectMany(index => corpus.Examples[index].Texts).ToHashSet(StringComparer.Ordinal);
        int[] training = [.. Enumerable.Range(0, corpus.Examples.Count).Where(index => !corpus.Examples[index].Texts.Any(texts.Contains))];
        return new TrainingData(corpus, training, corpus.Select(held));
    }

    /// <summary>Where in the corpus examples of the training part are.</summary>
    /// <param name="positions">0 to <see cref="Count"/> - 1.</param>
    public int[] Indices(ReadOnlySpan<int> positions)
    {
        var indices = new int[positions.Length];
        for (var position = 0; position < positions.Length; position++)
        {
            indices[position] = _training[positions[position]];
        }

        return indices;
    }

    /// <summary>The number of tokens of each training example's longest text.</summary>
    public int[] Lengths(Tokenizer tokenizer, int maxTokens) =>
        [.. _training.Select(index => Corpus.Examples[index].Texts.Distinct(StringComparer.Ordinal).Max(text => tokenizer.Tokenize(text, maxTokens).Ids.Length))];

    private static int[] Draw(SentenceCorpus corpus, int count, Randomness randomness)
    {
        if (count == 0)
        {
            return [];
        }

        int[] order = [.. Enumerable.Range(0, corpus.Examples.Count)];
        randomness.SequenceFor(RandomPurpose.HeldOut).Shuffle(order.AsSpan());
        int[] drawn = [.. order.DistinctBy(index => corpus.Examples[index].First, StringComparer.Ordinal).Take(count).Order()];
        return drawn.Length == count
            ? drawn
            : throw new DataFormatException(corpus.Name, null, $"has {drawn.Length} different sentences, fewer than the {count} to hold out: hold out fewer.");
    }
}
