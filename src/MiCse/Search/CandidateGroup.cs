using System.Numerics;
using System.Runtime.Intrinsics;
using MiCse.Numerics;

namespace MiCse.Search;

/// <summary>The candidates of the queries of a <see cref="RowScorer"/>, compared with a row's keys all at once: hardly a row gets further.</summary>
internal sealed class CandidateGroup
{
    private readonly Candidates[] _queries;
    private readonly float[] _thresholds = new float[DotKernel.Lanes];
    private readonly int _lanes;

    public CandidateGroup(int lanes, int k, ReadOnlySpan<float> floors, Action<int, List<Candidate>> settle)
    {
        _lanes = lanes;
        _queries = new Candidates[floors.Length];
        // Lanes without a query let nothing pass.
        Array.Fill(_thresholds, float.PositiveInfinity);
        for (var query = 0; query < floors.Length; query++)
        {
            var number = query;
            _queries[query] = new Candidates(k, floors[query], rows => settle(number, rows));
            _thresholds[query] = floors[query];
        }
    }

    /// <summary>The candidates of a query.</summary>
    public Candidates this[int query] => _queries[query];

    /// <summary>Offers a block of rows to every query.</summary>
    /// <param name="keys">As <see cref="RowScorer.Score"/> gives them.</param>
    /// <param name="margins">One for each row.</param>
    /// <param name="segment">Index of the segment.</param>
    /// <param name="first">The block's first row there.</param>
    /// <param name="removed">Rows to leave out; null for none.</param>
    public void Offer(ReadOnlySpan<float> keys, ReadOnlySpan<float> margins, int segment, int first, RowSet? removed)
    {
        for (var row = 0; row < margins.Length; row++)
        {
            var passing = Passing(keys.Slice(row * _lanes, _lanes), margins[row]);
            if (passing == 0 || removed?.Contains(first + row) == true)
            {
                continue;
            }

            for (; passing != 0; passing &= passing - 1)
            {
                var query = BitOperations.TrailingZeroCount(passing);
                _queries[query].Offer(keys[row * _lanes + query], margins[row], segment, first + row);
                _thresholds[query] = _queries[query].Threshold;
            }
        }
    }

    /// <summary>Adds what was found for the same queries elsewhere.</summary>
    public void Add(CandidateGroup other)
    {
        for (var query = 0; query < _queries.Length; query++)
        {
            _queries[query].Add(other._queries[query]);
        }
    }

    private ulong Passing(ReadOnlySpan<float> keys, float margin) => keys.Length == 1
        ? keys[0] + margin >= _thresholds[0] ? 1UL : 0
        : Vector512.GreaterThanOrEqual(Vector512.Create(keys) + Vector512.Create(margin), Vector512.Create(_thresholds)).ExtractMostSignificantBits();
}
