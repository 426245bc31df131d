namespace MiCse.Evaluation.Statistics;

/// <summary>
/// Spearman's correlation over samples of pairs. Values are numbered by size once; the ranks within a sample then follow from counting,
/// without sorting it. Not thread-safe.
/// </summary>
internal sealed class SampledSpearman(double[] x, double[] y)
{
    private readonly Side _x = new(x);
    private readonly Side _y = new(y);

    /// <summary>The correlation over the pairs with these indices; NaN when one side is constant.</summary>
    public double Of(ReadOnlySpan<int> sample)
    {
        _x.Rank(sample);
        _y.Rank(sample);
        // The mean of ranks, ties or not, is always this.
        var mean = (sample.Length + 1) / 2.0;
        double xx = 0, yy = 0, xy = 0;
        foreach (var index in sample)
        {
            var (a, b) = (_x[index] - mean, _y[index] - mean);
            xx += a * a;
            yy += b * b;
            xy += a * b;
        }

        return xx == 0 || yy == 0 ? double.NaN : xy / Math.Sqrt(xx * yy);
    }

    private sealed class Side
    {
        /// <summary>For each value the number of different smaller ones.</summary>
        private readonly int[] _levels;
        private readonly int[] _counts;
        private readonly double[] _ranks;

        public Side(double[] values)
        {
            double[] different = [.. values.Distinct().Order()];
            _levels = Array.ConvertAll(values, value => Array.BinarySearch(different, value));
            _counts = new int[different.Length];
            _ranks = new double[different.Length];
        }

        public double this[int index] => _ranks[_levels[index]];

        public void Rank(ReadOnlySpan<int> sample)
        {
            Array.Clear(_counts);
            foreach (var index in sample)
            {
                _counts[_levels[index]]++;
            }

            var below = 0;
            for (var level = 0; level < _counts.Length; level++)
            {
                _ranks[level] = below + (_counts[level] + 1) / 2.0;
                below += _counts[level];
            }
        }
    }
}
