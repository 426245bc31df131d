using System.Numerics;
using System.Runtime.Intrinsics;

namespace MiCse.Search.Scan;

/// <summary>One thread's part of a scan: the candidates of some queries, compared with a row's keys all at once. Hardly a row gets further.</summary>
internal sealed class BlockScan
{
    private readonly RowScorer _scorer;
    private readonly Candidates[] _candidates;
    private readonly float[] _thresholds = new float[RowScorer.MaxQueries];
    private readonly float[] _keys;
    private readonly float[] _margins = new float[PaddedBlock.MaxRows];

    /// <param name="scorer">The queries.</param>
    /// <param name="request">What they look for.</param>
    /// <param name="comparer">Compares rows that the scan cannot tell apart.</param>
    public BlockScan(RowScorer scorer, ScanRequest request, ExactComparer comparer)
    {
        _scorer = scorer;
        _keys = GC.AllocateArray<float>(PaddedBlock.MaxRows * scorer.Lanes, pinned: true);
        _candidates = [.. Enumerable.Range(scorer.First, scorer.Count).Select(query => new Candidates(request, query, comparer))];
        // Lanes without a query let nothing pass.
        Array.Fill(_thresholds, float.PositiveInfinity);
        for (var lane = 0; lane < _candidates.Length; lane++)
        {
            _thresholds[lane] = _candidates[lane].Threshold;
        }
    }

    /// <summary>The rows that are left for a query.</summary>
    public IReadOnlyList<Candidate> Rows(int query) => _candidates[query - _scorer.First].Rows();

    /// <summary>Compares all queries with a block of rows.</summary>
    public void Scan(PaddedBlock block)
    {
        var lanes = _scorer.Lanes;
        _scorer.Score(block, _keys, _margins.AsSpan(0, block.Count));
        for (var row = 0; row < block.Count; row++)
        {
            var keys = _keys.AsSpan(row * lanes, lanes);
            var passing = Passing(keys, _margins[row]);
            if (passing == 0 || block.Removed?.Contains(block.First + row) == true)
            {
                continue;
            }

            for (; passing != 0; passing &= passing - 1)
            {
                var lane = BitOperations.TrailingZeroCount(passing);
                _candidates[lane].Add(keys[lane], _margins[row], block.Segment, block.First + row);
                _thresholds[lane] = _candidates[lane].Threshold;
            }
        }
    }

    /// <summary>Adds what another thread found for the same queries.</summary>
    public void Add(BlockScan other)
    {
        for (var lane = 0; lane < _candidates.Length; lane++)
        {
            _candidates[lane].Add(other._candidates[lane]);
        }
    }

    /// <summary>A bit for every lane whose row may reach the threshold.</summary>
    private ulong Passing(ReadOnlySpan<float> keys, float margin)
    {
        if (keys.Length == 1)
        {
            return keys[0] + margin >= _thresholds[0] ? 1UL : 0;
        }

        var passing = 0UL;
        for (var lane = 0; lane < keys.Length; lane += Vector512<float>.Count)
        {
            var most = Vector512.Create(keys[lane..]) + Vector512.Create(margin);
            passing |= Vector512.GreaterThanOrEqual(most, Vector512.Create(_thresholds, lane)).ExtractMostSignificantBits() << lane;
        }

        return passing;
    }
}
