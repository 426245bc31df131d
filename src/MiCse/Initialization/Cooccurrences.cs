using System.Runtime.CompilerServices;
using MiCse.Files;
using MiCse.Numerics;
using MiCse.Tokenization;

namespace MiCse.Initialization;

/// <summary>How often each piece of a vocabulary has each other one near it, in the same text. Immutable and thread-safe.</summary>
internal sealed class Cooccurrences
{
    private const int Boundary = -1;

    private Cooccurrences(string source, SparseMatrix counts, long[] occurrences, long texts) =>
        (Source, Counts, Occurrences, Texts) = (source, counts, occurrences, texts);

    /// <summary>What messages call the texts.</summary>
    internal string Source { get; }

    /// <summary>How often each piece occurs, by id; special tokens do not count.</summary>
    public IReadOnlyList<long> Occurrences { get; }

    /// <summary>How many texts were counted.</summary>
    public long Texts { get; }

    /// <summary>Symmetric, [vocabulary, vocabulary]: pairs of positions at most a window apart.</summary>
    internal SparseMatrix Counts { get; }

    /// <summary>Counts neighbours in texts; the result does not depend on the number of threads.</summary>
    /// <param name="texts">The texts, enumerated once and on the calling thread. Their ids are held in memory, four bytes each.</param>
    /// <param name="source">What messages call the texts.</param>
    /// <param name="tokenizer">Its vocabulary is counted; unknown tokens are not.</param>
    /// <param name="window">How many tokens apart still counts as near.</param>
    /// <param name="threads">Processor threads; null: all.</param>
    /// <param name="progress">Told the number of texts read.</param>
    /// <param name="cancellationToken">Looked at at every text, and at every piece counted.</param>
    /// <exception cref="DataFormatException">The texts have no two tokens beside each other.</exception>
    public static Cooccurrences Count(
        IEnumerable<string> texts,
        string source,
        Tokenizer tokenizer,
        int window = 10,
        int? threads = null,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentException.ThrowIfNullOrEmpty(source);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentOutOfRangeException.ThrowIfLessThan(window, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads ?? 1, 1, nameof(threads));
        var (ids, read) = Concatenate(texts, tokenizer, window, progress, cancellationToken);
        var positions = Positions(ids, tokenizer.VocabularySize);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads ?? Environment.ProcessorCount, CancellationToken = cancellationToken };
        var rows = new SparseRow[tokenizer.VocabularySize];
        ParallelLoop.For(
            0,
            rows.Length,
            parallel,
            () => new NeighbourCounts(rows.Length),
            (id, counts) =>
            {
                rows[id] = counts.Around(ids, positions[id], window);
                return counts;
            });
        if (Array.TrueForAll(rows, row => row.Columns.Length == 0))
        {
            throw new DataFormatException(source, null, "has no two words beside each other to learn word vectors from.");
        }

        return new Cooccurrences(source, new SparseMatrix(rows), [.. positions.Select(of => (long)of.Length)], read);
    }

    // Boundaries as wide as the window on both sides of every text: no look beyond them is needed.
    private static (List<int> Ids, long Texts) Concatenate(
        IEnumerable<string> texts, Tokenizer tokenizer, int window, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var boundary = Enumerable.Repeat(Boundary, window).ToArray();
        var special = tokenizer.SpecialTokens;
        List<int> ids = [.. boundary];
        var done = 0L;
        foreach (var text in texts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var id in tokenizer.Tokenize(text).Ids)
            {
                if (id != special.Start && id != special.End)
                {
                    ids.Add(id == special.Unknown || id == special.Padding || id == special.Mask ? Boundary : id);
                }
            }

            ids.AddRange(boundary);
            progress?.Report(++done);
        }

        return (ids, done);
    }

    private static int[][] Positions(List<int> ids, int vocabularySize)
    {
        var counts = new int[vocabularySize];
        foreach (var id in ids)
        {
            if (id != Boundary)
            {
                counts[id]++;
            }
        }

        var positions = Array.ConvertAll(counts, count => new int[count]);
        for (var position = ids.Count - 1; position >= 0; position--)
        {
            if (ids[position] is var id and not Boundary)
            {
                positions[id][--counts[id]] = position;
            }
        }

        return positions;
    }

    /// <summary>Counts the neighbours of one piece at a time, in an array over the vocabulary that is cleared by what was touched.</summary>
    private sealed class NeighbourCounts(int vocabularySize)
    {
        private readonly int[] _counts = new int[vocabularySize];
        private readonly List<int> _touched = [];

        public SparseRow Around(List<int> ids, int[] positions, int window)
        {
            foreach (var position in positions)
            {
                Add(ids, position, window);
            }

            _touched.Sort();
            var row = new SparseRow([.. _touched], [.. _touched.Select(id => (float)_counts[id])]);
            foreach (var id in _touched)
            {
                _counts[id] = 0;
            }

            _touched.Clear();
            return row;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Add(List<int> ids, int position, int window)
        {
            for (var neighbour = position - window; neighbour <= position + window; neighbour++)
            {
                var id = ids[neighbour];
                if (id != Boundary && neighbour != position && _counts[id]++ == 0)
                {
                    _touched.Add(id);
                }
            }
        }
    }
}
