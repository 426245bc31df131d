using MiCse.Files;
using MiCse.Tokenization;
using MiCse.Training.Batches;

namespace MiCse.Training.Pretraining;

/// <summary>The texts of a corpus as ids: every column of every example, equal texts of an example once, texts without a token left out.</summary>
internal sealed class PretrainingData
{
    private readonly int[] _examples;

    private PretrainingData(IReadOnlyList<(int Example, int[] Ids)> training, IReadOnlyList<int[]> heldOut)
    {
        _examples = [.. training.Select(sequence => sequence.Example)];
        Sequences = [.. training.Select(sequence => sequence.Ids)];
        HeldOut = heldOut;
    }

    /// <summary>What is trained on; ids with special tokens.</summary>
    public IReadOnlyList<int[]> Sequences { get; }

    /// <summary>What is measured on; empty for nothing.</summary>
    public IReadOnlyList<int[]> HeldOut { get; }

    /// <summary>Tokenizes a corpus.</summary>
    /// <exception cref="DataFormatException">Nothing to train on is left.</exception>
    public static PretrainingData From(TrainingData data, Tokenizer tokenizer, int maxTokens, CancellationToken cancellationToken)
    {
        var training = new List<(int Example, int[] Ids)>();
        foreach (var index in data.Indices([.. Enumerable.Range(0, data.Count)]))
        {
            cancellationToken.ThrowIfCancellationRequested();
            training.AddRange(Sequences(data.Corpus.Examples[index]).Select(ids => (index, ids)));
        }

        if (training.Count == 0)
        {
            var without = data.HeldOut.Count == 0 ? "" : $" besides the {data.HeldOut.Count} sentences that are held out";
            throw new DataFormatException(data.Corpus.Name, null, $"has no text with a token in it{without}: there is nothing to train on.");
        }

        return new PretrainingData(training, [.. data.HeldOut.SelectMany(Sequences)]);

        IEnumerable<int[]> Sequences(TrainingExample example) => example.Texts
            .Distinct(StringComparer.Ordinal)
            .Select(text => tokenizer.Tokenize(text, maxTokens).Ids)
            .Where(ids => ids.Any(id => id != tokenizer.SpecialTokens.Start && id != tokenizer.SpecialTokens.End));
    }

    /// <summary>Chooses the sequences of the batch of a step.</summary>
    public LengthSampler Sampler(PretrainingOptions options) =>
        new([.. Sequences.Select(ids => ids.Length)], options.BatchTokens, new Randomness(options.Seed));

    /// <summary>Which examples of the corpus sequences come from.</summary>
    public int[] ExamplesOf(ReadOnlySpan<int> sequences)
    {
        var examples = new int[sequences.Length];
        for (var index = 0; index < sequences.Length; index++)
        {
            examples[index] = _examples[sequences[index]];
        }

        return examples;
    }
}
