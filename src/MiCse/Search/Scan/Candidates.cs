namespace MiCse.Search.Scan;

/// <summary>
/// The rows that may be among the k best of a query. Of each row it is known what its similarity is at least and at most; a row is out when its
/// most is less than the least of k others. So the k best are always among those kept, however coarse the bounds are. Where bounds cannot tell
/// rows apart, as when many are equal, the comparer decides.
/// </summary>
/// <param name="request">How many are wanted, and from which score on.</param>
/// <param name="query">The query.</param>
/// <param name="comparer">Compares rows exactly.</param>
internal sealed class Candidates(ScanRequest request, int query, ExactComparer comparer)
{
    // Far more than k, so that a row is compared exactly once or twice, however often the limit is reached.
    private readonly int _limit = (int)Math.Clamp(4L * request.K, 1024, int.MaxValue);
    private readonly PriorityQueue<float, float> _least = new();
    private readonly float _floor = request.Floor(query);
    private readonly List<Candidate> _rows = [];

    /// <summary>What a row must be able to reach.</summary>
    public float Threshold { get; private set; } = request.Floor(query);

    /// <summary>Takes or refuses a row whose similarity is within <paramref name="margin"/> of <paramref name="key"/>.</summary>
    public void Add(float key, float margin, int segment, int row)
    {
        if (key + margin < Threshold)
        {
            return;
        }

        Raise(key - margin);
        Keep(new Candidate(key + margin, segment, row));
    }

    /// <summary>Adds what another thread found for the same query.</summary>
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
            comparer.KeepBest(query, _rows);
        }
    }

    private void Raise(float least)
    {
        if (_least.Count < request.K)
        {
            _least.Enqueue(least, least);
        }
        else
        {
            _least.EnqueueDequeue(least, least);
        }

        if (_least.Count == request.K)
        {
            Threshold = Math.Max(_floor, _least.Peek());
        }
    }
}

/// <summary>A row that may be among the best.</summary>
/// <param name="Most">What its similarity is at most.</param>
/// <param name="Segment">Index of its segment.</param>
/// <param name="Row">Its row there.</param>
internal readonly record struct Candidate(float Most, int Segment, int Row);
