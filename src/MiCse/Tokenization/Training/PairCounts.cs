using System.Runtime.InteropServices;

namespace MiCse.Tokenization.Training;

/// <summary>
/// Words as sequences of pieces, and how often each pair of pieces stands side by side. A merge touches only the words that hold the pair, so that
/// thousands of merges cost little more than one count.
/// </summary>
internal sealed class PairCounts
{
    private readonly List<int> _pieces = [];
    private readonly List<Word> _words = [];
    private readonly Dictionary<PiecePair, Occurrences> _pairs = [];
    private readonly HashSet<PiecePair> _raised = [];

    // Every pair has an entry with its count or, since counts fall without notice, a larger one.
    private readonly PriorityQueue<PiecePair, PairRank> _queue = new();

    /// <summary>Adds a word.</summary>
    /// <param name="pieces">Its pieces.</param>
    /// <param name="count">How often it occurs.</param>
    public void Add(ReadOnlySpan<int> pieces, long count)
    {
        var word = _words.Count;
        _words.Add(new Word(_pieces.Count, pieces.Length, count));
        _pieces.AddRange(pieces);
        for (var index = 1; index < pieces.Length; index++)
        {
            Change(new PiecePair(pieces[index - 1], pieces[index]), count, word);
        }
    }

    /// <summary>The most frequent pair; false when every word is a single piece.</summary>
    public bool TryFindMostFrequent(out PiecePair pair, out long count)
    {
        EnqueueRaised();
        while (_queue.TryPeek(out pair, out var rank))
        {
            count = _pairs.TryGetValue(pair, out var occurrences) ? occurrences.Count : 0;
            if (count == rank.Count)
            {
                return true;
            }

            _queue.Dequeue();
            if (count > 0)
            {
                _queue.Enqueue(pair, new PairRank(count, pair));
            }
        }

        count = 0;
        return false;
    }

    /// <summary>Replaces the pair by one piece everywhere, from the left to the right of a word.</summary>
    public void Merge(PiecePair pair, int merged)
    {
        if (!_pairs.Remove(pair, out var occurrences))
        {
            return;
        }

        foreach (var word in occurrences.Words)
        {
            Merge(pair, merged, word);
        }
    }

    private void Merge(PiecePair pair, int merged, int index)
    {
        ref var word = ref CollectionsMarshal.AsSpan(_words)[index];
        var pieces = CollectionsMarshal.AsSpan(_pieces).Slice(word.Start, word.Length);
        var written = 0;
        for (var read = 0; read < pieces.Length; read++)
        {
            if (read + 1 == pieces.Length || pieces[read] != pair.Left || pieces[read + 1] != pair.Right)
            {
                pieces[written++] = pieces[read];
                continue;
            }

            if (written > 0)
            {
                Change(new PiecePair(pieces[written - 1], pair.Left), -word.Count, index);
                Change(new PiecePair(pieces[written - 1], merged), word.Count, index);
            }

            if (read + 2 < pieces.Length)
            {
                Change(new PiecePair(pair.Right, pieces[read + 2]), -word.Count, index);
                Change(new PiecePair(merged, pieces[read + 2]), word.Count, index);
            }

            pieces[written++] = merged;
            read++;
        }

        word = word with { Length = written };
    }

    private void Change(PiecePair pair, long difference, int word)
    {
        if (difference > 0)
        {
            ref var occurrences = ref CollectionsMarshal.GetValueRefOrAddDefault(_pairs, pair, out _);
            occurrences ??= new Occurrences();
            occurrences.Count += difference;
            if (occurrences.Words is [] || occurrences.Words[^1] != word)
            {
                occurrences.Words.Add(word);
            }

            _raised.Add(pair);
        }

        // The pair that is being merged is not there any more, and needs no count.
        else if (_pairs.TryGetValue(pair, out var occurrences) && (occurrences.Count += difference) == 0)
        {
            _pairs.Remove(pair);
        }
    }

    private void EnqueueRaised()
    {
        foreach (var pair in _raised)
        {
            if (_pairs.TryGetValue(pair, out var occurrences))
            {
                _queue.Enqueue(pair, new PairRank(occurrences.Count, pair));
            }
        }

        _raised.Clear();
    }

    /// <summary>A word.</summary>
    /// <param name="Start">Where its pieces start.</param>
    /// <param name="Length">How many there are now.</param>
    /// <param name="Count">How often it occurs.</param>
    private readonly record struct Word(int Start, int Length, long Count);

    /// <summary>How often a pair occurs, and every word that holds it (some of the words do no more, and some are there twice).</summary>
    private sealed class Occurrences
    {
        public long Count { get; set; }

        public List<int> Words { get; } = [];
    }
}
