using MiCse.Numerics;

namespace MiCse.Search;

/// <summary>One thread's part of a scan: some queries over blocks of rows that stay in the cache while every query goes by.</summary>
internal sealed class BlockScan
{
    /// <summary>Rows a block: 256 KiB of float32 vectors of 256 dimensions, which the second-level cache holds beside the queries.</summary>
    public const int RowsPerBlock = 256;

    private readonly IReadOnlyList<RowScorer> _scorers;
    private readonly CandidateGroup[] _groups;
    private readonly float[] _keys = GC.AllocateArray<float>(RowsPerBlock * DotKernel.Lanes, pinned: true);
    private readonly float[] _margins = new float[RowsPerBlock];

    /// <param name="scorers">The queries, in groups.</param>
    /// <param name="k">How many rows a query wants.</param>
    /// <param name="floors">The least key of each query.</param>
    /// <param name="settle">Leaves the best k of a query's rows.</param>
    public BlockScan(IReadOnlyList<RowScorer> scorers, int k, ReadOnlySpan<float> floors, Action<int, List<Candidate>> settle)
    {
        _scorers = scorers;
        _groups = new CandidateGroup[scorers.Count];
        var first = 0;
        for (var group = 0; group < _groups.Length; group++)
        {
            var before = first;
            _groups[group] = new CandidateGroup(
                scorers[group].Lanes, k, floors.Slice(first, scorers[group].Queries), (query, rows) => settle(before + query, rows));
            first += scorers[group].Queries;
        }
    }

    /// <summary>The candidates of a query, counted over all groups.</summary>
    public Candidates this[int query] => _groups[query / DotKernel.Lanes][query % DotKernel.Lanes];

    /// <summary>Splits queries into groups of at most <see cref="DotKernel.Lanes"/>.</summary>
    public static IReadOnlyList<RowScorer> Group(Range queries, int total, Func<Range, RowScorer> create)
    {
        var (first, count) = queries.GetOffsetAndLength(total);
        var scorers = new List<RowScorer>();
        for (var done = 0; done < count; done += DotKernel.Lanes)
        {
            scorers.Add(create((first + done)..(first + Math.Min(count, done + DotKernel.Lanes))));
        }

        return scorers;
    }

    /// <summary>Compares all queries with a block of at most <see cref="RowsPerBlock"/> rows.</summary>
    public void Scan(RowBlock block, int segment, int first, RowSet? removed)
    {
        var margins = _margins.AsSpan(0, block.Count);
        for (var group = 0; group < _groups.Length; group++)
        {
            _scorers[group].Score(block, _keys, margins);
            _groups[group].Offer(_keys, margins, segment, first, removed);
        }
    }

    /// <summary>Adds what another thread found for the same queries.</summary>
    public void Add(BlockScan other)
    {
        for (var group = 0; group < _groups.Length; group++)
        {
            _groups[group].Add(other._groups[group]);
        }
    }
}
