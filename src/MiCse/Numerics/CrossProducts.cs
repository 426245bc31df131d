using System.Numerics.Tensors;

namespace MiCse.Numerics;

/// <summary>
/// The mean of x·xᵀ over rows x that come one after the other: their second moments, from which their covariance follows. Products of 256 rows are summed in float32, and those sums in
/// float64, in an order that does not depend on the number of threads.
/// </summary>
/// <param name="width">Length of a row.</param>
internal sealed class CrossProducts(int width)
{
    private const int RowsAtATime = 256;

    // [width, RowsAtATime], so that a product of two columns runs along memory.
    private readonly float[] _columns = new float[width * RowsAtATime];
    private readonly double[][] _sums = [.. Enumerable.Range(1, width).Select(length => new double[length])];
    private int _waiting;
    private long _count;

    /// <summary>Adds a row.</summary>
    /// <param name="row">[width]</param>
    /// <param name="team">The threads that multiply.</param>
    public void Add(ReadOnlySpan<float> row, Team team)
    {
        for (var column = 0; column < row.Length; column++)
        {
            _columns[(column * RowsAtATime) + _waiting] = row[column];
        }

        _count++;
        if (++_waiting == RowsAtATime)
        {
            Multiply(team);
        }
    }

    /// <summary>The lower triangle of the mean, row by row; all zeros when there are no rows.</summary>
    public double[][] Mean()
    {
        Multiply(new Team(1, CancellationToken.None));
        return Array.ConvertAll(_sums, line =>
        {
            var mean = new double[line.Length];
            TensorPrimitives.Divide(line, (double)Math.Max(1, _count), mean);
            return mean;
        });
    }

    private void Multiply(Team team)
    {
        if (_waiting > 0)
        {
            team.Share((width + DotProducts.BlockRows - 1) / DotProducts.BlockRows, (from, to) =>
            {
                for (var block = from; block < to; block++)
                {
                    Multiply(block * DotProducts.BlockRows, Math.Min(width, (block + 1) * DotProducts.BlockRows));
                }
            });
            Array.Clear(_columns);
            _waiting = 0;
        }
    }

    private void Multiply(int start, int end)
    {
        var (products, line) = (new float[(end - start) * end], new double[end]);
        DotProducts.Compute(_columns.AsSpan(start * RowsAtATime, (end - start) * RowsAtATime), _columns.AsSpan(0, end * RowsAtATime), RowsAtATime, products);
        for (var index = start; index < end; index++)
        {
            var sums = _sums[index];
            TensorPrimitives.ConvertTruncating<float, double>(products.AsSpan((index - start) * end, sums.Length), line);
            TensorPrimitives.Add<double>(sums, line.AsSpan(0, sums.Length), sums);
        }
    }
}
