using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using MiCse.Tokenization;

namespace MiCse.Inference;

/// <summary>
/// Texts → embeddings on all cores. Texts are taken in windows: while one is computed, the next is tokenized. A window is cut into
/// batches (<see cref="BatchPlanner"/>), and whoever is free takes the next. Thread-safe.
/// </summary>
internal sealed class TextScheduler(Tokenizer tokenizer, TransformerEncoder encoder, int maxTokens)
{
    /// <summary>Texts tokenized before the first of them is computed: enough to fill batches, seldom more than a megabyte.</summary>
    public const int TextsPerWindow = 1024;

    /// <summary>Windows at work at a time: when a window has no batch left for a core, the next has.</summary>
    public const int WindowsAtWork = 2;

    /// <summary>Tokens computed at a time on one core: enough for full speed, few enough to stop and report often.</summary>
    private const int TokensPerBatch = 512;

    private const int TextsTokenizedAtATime = 64;

    /// <summary>The embedding of one text, on all cores if they are free.</summary>
    public float[] Encode(string text) => encoder.EncodeAlone([tokenizer.Tokenize(text, maxTokens).Ids])[0].ToArray();

    /// <summary>The embeddings of texts in their order.</summary>
    /// <param name="texts">None null.</param>
    /// <param name="tally">Told after every batch.</param>
    /// <param name="cancellationToken">Stops within a batch.</param>
    public EncodedTexts Encode(IReadOnlyList<string> texts, EncodeTally tally, CancellationToken cancellationToken)
    {
        var job = new EncodingJob(texts, encoder.Dimensions);
        InParallel(job.Rows.Chunk(TextsPerWindow), WindowsAtWork, rows => EncodeWindow(job, rows, tally, cancellationToken), cancellationToken);
        return job.Result;
    }

    private void EncodeWindow(EncodingJob job, int[] rows, EncodeTally tally, CancellationToken cancellationToken)
    {
        var threads = encoder.Cores.Threads;
        var tokenized = new TokenizedText[rows.Length];
        InParallel(Enumerable.Range(0, rows.Length).Chunk(TextsTokenizedAtATime), threads, part =>
        {
            using var core = encoder.Cores.Take(cancellationToken);
            foreach (var index in part)
            {
                tokenized[index] = tokenizer.Tokenize(job[rows[index]], maxTokens);
            }
        }, cancellationToken);

        // Few batches go one after the other, each on all cores.
        var lengths = Array.ConvertAll(tokenized, text => text.Ids.Length);
        var batches = BatchPlanner.Plan(lengths, TokensPerBatch, threads);
        var alone = 2 * batches.Count <= threads;
        InParallel(batches, alone ? 1 : threads, indices =>
        {
            var batch = Array.ConvertAll(indices, index => tokenized[index].Ids);
            var embeddings = alone ? encoder.EncodeAlone(batch, cancellationToken) : encoder.Encode(batch, cancellationToken);
            var (texts, tokens) = (0, 0L);
            for (var row = 0; row < indices.Length; row++)
            {
                var index = indices[row];
                var filled = job.Fill(rows[index], embeddings[row], lengths[index], tokenized[index].Truncated);
                texts += filled;
                tokens += (long)filled * lengths[index];
            }

            tally.Add(texts, tokens, indices.Sum(index => lengths[index]));
        }, cancellationToken);
    }

    /// <summary>One item at a time to whoever is free, in order; the first failure ends it.</summary>
    private static void InParallel<T>(IEnumerable<T> items, int threads, Action<T> work, CancellationToken cancellationToken)
    {
        try
        {
            Parallel.ForEach(
                Partitioner.Create(items, EnumerablePartitionerOptions.NoBuffering),
                new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken },
                work);
        }
        catch (AggregateException failures)
        {
            ExceptionDispatchInfo.Throw(failures.InnerExceptions[0]);
        }
    }
}
