using MiCse.Numerics;
using MiCse.Tokenization;
using MiCse.Training.Batches;

namespace MiCse.TrainingSpeed;

/// <summary>Batches of a variant: ids and mask as rows of one length.</summary>
internal static class Batches
{
    private const int Sentences = 20_000;
    private const int ContrastiveSentences = 64;
    private const int MaskedTokensInBatch = 4096;
    private const int ContrastiveMaxTokens = 32;
    private const int MaskedMaxTokens = 128;

    /// <summary>The batches in random order; all sentences of the data's first 20,000.</summary>
    public static IReadOnlyList<(int[][] Ids, int Length)> Of(Variant variant, string data, Tokenizer tokenizer)
    {
        var contrastive = variant.Objective != Objective.MaskedWords;
        var limit = contrastive ? ContrastiveMaxTokens : MaskedMaxTokens;
        var sequences = SentenceCorpus.Load(data).Examples.Take(Sentences)
            .Select(example => tokenizer.Tokenize(example.First, limit).Ids).ToArray();
        var random = new RandomSequence(1);
        random.Shuffle(sequences.AsSpan());
        if (variant.Batching == Batching.LikeLength)
        {
            sequences = [.. sequences.OrderBy(ids => ids.Length)];
        }

        var batches = (contrastive ? sequences.Chunk(ContrastiveSentences) : ByTokens(sequences)).ToArray();
        random.Shuffle(batches.AsSpan());
        return [.. batches.Select(batch => (batch, variant.Batching == Batching.Fixed ? limit : batch.Max(ids => ids.Length)))];
    }

    private static IEnumerable<int[][]> ByTokens(int[][] sequences)
    {
        for (var start = 0; start < sequences.Length;)
        {
            var (end, longest) = (start, 0);
            while (end < sequences.Length && (end - start + 1) * Math.Max(longest, sequences[end].Length) <= MaskedTokensInBatch)
            {
                longest = Math.Max(longest, sequences[end++].Length);
            }

            yield return sequences[start..end];
            start = end;
        }
    }
}
