namespace MiCse.Explanation;

/// <summary>Values in rows and columns. Immutable.</summary>
public sealed class HeatMap
{
    private readonly double[] _values;

    /// <summary>Computes every cell.</summary>
    /// <param name="rows">Number of rows, 0 or more.</param>
    /// <param name="columns">Number of columns, 0 or more.</param>
    /// <param name="value">The value in a row and column.</param>
    public HeatMap(int rows, int columns, Func<int, int, double> value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        ArgumentNullException.ThrowIfNull(value);
        Rows = rows;
        Columns = columns;
        _values = new double[rows * columns];
        for (var cell = 0; cell < _values.Length; cell++)
        {
            _values[cell] = value(cell / columns, cell % columns);
        }
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Number of columns.</summary>
    public int Columns { get; }

    /// <summary>All values, row after row.</summary>
    public IReadOnlyList<double> Values => _values;

    /// <summary>One value.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row or column.</exception>
    public double this[int row, int column]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows, nameof(row));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)column, (uint)Columns, nameof(column));
            return _values[(row * Columns) + column];
        }
    }
}
