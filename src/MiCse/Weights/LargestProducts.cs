using System.Numerics;

namespace MiCse.Weights;

/// <summary>The largest of the numbers of each column of a matrix, each multiplied by the factor of its row, kept up to date while single factors change.</summary>
internal sealed class LargestProducts
{
    private readonly float[] _values; // [rows, columns]
    private readonly int[] _indices; // [columns]: the row of the largest product
    private readonly float[] _first; // [columns]
    private readonly float[] _second; // [columns]: the largest product of another row
    private float[] _factors = [];

    /// <param name="columns">The columns.</param>
    /// <param name="measure">What is taken of a number.</param>
    public LargestProducts(IReadOnlyList<float[]> columns, Func<float, float> measure)
    {
        Columns = columns.Count;
        _values = new float[columns[0].Length * Columns];
        (_indices, _first, _second) = (new int[Columns], new float[Columns], new float[Columns]);
        for (var column = 0; column < Columns; column++)
        {
            for (var row = 0; row < columns[column].Length; row++)
            {
                _values[row * Columns + column] = measure(columns[column][row]);
            }
        }
    }

    /// <summary>How many columns.</summary>
    public int Columns { get; }

    /// <summary>Finds the largest products with some factors.</summary>
    public void Start(float[] factors)
    {
        _factors = (float[])factors.Clone();
        for (var column = 0; column < Columns; column++)
        {
            Find(column);
        }
    }

    /// <summary>Changes the factor of a row.</summary>
    public void Set(int row, float factor)
    {
        var before = _factors[row];
        _factors[row] = factor;
        for (var column = 0; column < Columns; column++)
        {
            var value = _values[row * Columns + column];
            if (Math.Max(value * before, value * factor) >= _second[column])
            {
                Find(column);
            }
        }
    }

    /// <summary>The sum of the squares of the largest products, if the factor of a row were another.</summary>
    public double SumOfSquares(int row, float factor) => SumOfSquares(this, null, row, factor);

    /// <summary>The same of the sums of the largest products of two matrices.</summary>
    public static double SumOfSquares(LargestProducts one, LargestProducts? other, int row, float factor)
    {
        var (sums, column) = (Vector<float>.Zero, 0);
        for (; column <= one.Columns - Vector<float>.Count; column += Vector<float>.Count)
        {
            var largest = one.Largest(row, new Vector<float>(factor), column);
            largest += other is null ? Vector<float>.Zero : other.Largest(row, new Vector<float>(factor), column);
            sums += largest * largest;
        }

        var sum = (double)Vector.Sum(sums);
        for (; column < one.Columns; column++)
        {
            var largest = one.Largest(row, factor, column) + (other?.Largest(row, factor, column) ?? 0);
            sum += (double)largest * largest;
        }

        return sum;
    }

    private float Largest(int row, float factor, int column) =>
        Math.Max(_indices[column] == row ? _second[column] : _first[column], _values[row * Columns + column] * factor);

    private Vector<float> Largest(int row, Vector<float> factor, int column)
    {
        var others = Vector.ConditionalSelect(
            Vector.Equals(new Vector<int>(_indices, column), new Vector<int>(row)), new Vector<float>(_second, column), new Vector<float>(_first, column));
        return Vector.Max(others, new Vector<float>(_values, row * Columns + column) * factor);
    }

    private void Find(int column)
    {
        var (index, first, second) = (0, float.NegativeInfinity, float.NegativeInfinity);
        for (var row = 0; row < _factors.Length; row++)
        {
            var product = _values[row * Columns + column] * _factors[row];
            if (product > first)
            {
                (index, first, second) = (row, product, first);
            }
            else if (product > second)
            {
                second = product;
            }
        }

        (_indices[column], _first[column], _second[column]) = (index, first, second);
    }
}
