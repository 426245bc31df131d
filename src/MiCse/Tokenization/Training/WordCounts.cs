using MiCse.Numerics;
using MiCse.Tokenization.Normalizers;
using MiCse.Tokenization.PreTokenizers;
using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.Training;

/// <summary>How often each word occurs in texts, after BERT's normalizer and splitting. Immutable and thread-safe.</summary>
internal sealed class WordCounts
{
    private const int BatchSize = 1 << 13;

    private WordCounts(bool lowerCase, IReadOnlyDictionary<string, long> occurrences)
    {
        LowerCase = lowerCase;
        Occurrences = occurrences;
        Total = occurrences.Values.Sum();
    }

    /// <summary>Whether letters became lower case and lost their accents.</summary>
    public bool LowerCase { get; }

    /// <summary>Normalized words, punctuation marks among them, and how often each occurs; in no particular order.</summary>
    public IReadOnlyDictionary<string, long> Occurrences { get; }

    /// <summary>Occurrences of all words together.</summary>
    public long Total { get; }

    /// <summary>Counts the words of texts; the result does not depend on the number of threads.</summary>
    /// <param name="texts">The texts, enumerated once and on the calling thread.</param>
    /// <param name="lowerCase">Whether letters become lower case and lose their accents first (default true).</param>
    /// <param name="threads">Processor threads; null: all.</param>
    /// <param name="progress">Receives the number of texts done.</param>
    /// <param name="cancellationToken">Checked between batches of texts.</param>
    /// <exception cref="ArgumentException">A text is null.</exception>
    public static WordCounts Count(
        IEnumerable<string> texts,
        bool lowerCase = true,
        int? threads = null,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads ?? 1, 1, nameof(threads));
        cancellationToken.ThrowIfCancellationRequested();
        var normalizer = new BertNormalizer(new BertNormalization { LowerCase = lowerCase });
        var parts = new Dictionary<string, long>[threads ?? Environment.ProcessorCount];
        for (var part = 0; part < parts.Length; part++)
        {
            parts[part] = new Dictionary<string, long>(StringComparer.Ordinal);
        }

        var parallel = new ParallelOptions { MaxDegreeOfParallelism = parts.Length, CancellationToken = cancellationToken };
        var done = 0L;
        foreach (var batch in texts.Chunk(BatchSize))
        {
            ParallelLoop.For(0, parts.Length, parallel, part =>
            {
                for (var index = part; index < batch.Length; index += parts.Length)
                {
                    AddWords(batch[index] ?? throw new ArgumentException("A text is null.", nameof(texts)), normalizer, parts[part]);
                }
            });
            done += batch.Length;
            progress?.Report(done);
        }

        return new WordCounts(lowerCase, Sum(parts));
    }

    private static void AddWords(string text, BertNormalizer normalizer, Dictionary<string, long> occurrences)
    {
        var bySpan = occurrences.GetAlternateLookup<ReadOnlySpan<char>>();
        var normalized = new PooledBuffer<char>(text.Length);
        try
        {
            normalizer.Normalize(text, ref normalized);
            foreach (var word in BertPreTokenizer.WordsOf(normalized.Items))
            {
                bySpan.TryGetValue(word, out var count);
                bySpan[word] = count + 1;
            }
        }
        finally
        {
            normalized.Dispose();
        }
    }

    private static Dictionary<string, long> Sum(Dictionary<string, long>[] parts)
    {
        var sum = parts[0];
        foreach (var (word, count) in parts.Skip(1).SelectMany(part => part))
        {
            sum[word] = sum.GetValueOrDefault(word) + count;
        }

        return sum;
    }
}
