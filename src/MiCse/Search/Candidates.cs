namespace MiCse.Search;

/// <summary>
/// The rows that may be among the k best of a query. Of each row it is known what its similarity is at least and at most; a row is out when its
/// most is less than the least of k others. So the k best are always among those kept, however coarse the bounds are.
/// </summary>
/// <param name="k">How many are wanted.</param>
/// <param name="floor">Rows that are certainly below it are out.</param>
/// <param name="settle">Leaves only the best of some rows, compared exactly: asked where bounds cannot tell rows apart, as when many are equal.</param>
internal sealed class Candidates(int k, float floor, Action<List<Candidate>> settle)
{
    // Far more than k, so that a row is compared exactly once or twice, however often the limit is reached.
    private readonly int _limit = (int)Math.Clamp(4L * k, 1024, int.MaxValue);
    private readonly PriorityQueue<float, float> _least = new();
    private readonly float _floor = floor;
    private readonly List<Candidate> _rows = [];

    /// <summary>What a row must be able to reach.</summary>
    public float Threshold { get; private set; } = floor;

    /// <summary>Takes or refuses a row whose similarity is within <paramref name="margin"/> of <paramref name="key"/>.</summary>
    public void Offer(float key, float margin, int segment, int row)
    {
        if (key + margin < Threshold)
        {
            return;
        }

        Raise(key - margin);
        Keep(new Candidate(key + margin, segment, row));
    }

    /// <summary>Adds what was found elsewhere.</summary>
    public void Add(Candidates other)
    {
        foreach (var (least, _) in other._least.UnorderedItems)
        {
            Raise(least);
        }

        other._rows.ForEach(Keep);
    }

    /// <summary>The rows that are left.</summary>
    public IReadOnlyList<Candidate> Rows()
    {
        _rows.RemoveAll(row => row.Most < Threshold);
        return _rows;
    }

    private void Keep(Candidate candidate)
    {
        if (candidate.Most < Threshold)
        {
            return;
        }

        _rows.Add(candidate);
        if (_rows.Count >= _limit && Rows().Count > _limit / 2)
        {
            settle(_rows);
        }
    }

    private void Raise(float least)
    {
        if (_least.Count < k)
        {
            _least.Enqueue(least, least);
        }
        else
        {
            _least.EnqueueDequeue(least, least);
        }

        if (_least.Count == k)
        {
            Threshold = Math.Max(_floor, _least.Peek());
        }
    }
}
