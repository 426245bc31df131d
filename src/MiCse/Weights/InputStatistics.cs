using MiCse.Numerics;

namespace MiCse.Weights;

/// <summary>What goes into the linear layers of an encoder, measured on some tokens.</summary>
/// <param name="rows">Inputs of each layer that are kept at most.</param>
/// <param name="hasProducts">Whether the products of all pairs of dimensions are wanted of a weight's input; null: of none.</param>
internal sealed class InputStatistics(int rows = InputStatistics.MostRows, Predicate<string>? hasProducts = null)
{
    /// <summary>Inputs of a layer that are kept, enough to see which dimensions are large.</summary>
    public const int MostRows = 512;

    private readonly Dictionary<string, LinearInput> _inputs = [];

    /// <summary>The input of a weight, null where none was measured.</summary>
    public LinearInput? Of(string weight) => _inputs.GetValueOrDefault(weight);

    /// <summary>The same for the last time: what was measured of it is forgotten.</summary>
    public LinearInput? Take(string weight) => _inputs.Remove(weight, out var input) ? input : null;

    /// <summary>Where the inputs of weights that share them are to be added.</summary>
    /// <param name="weights">Names of weights.</param>
    /// <param name="width">Dimensions of an input.</param>
    public LinearInput Add(IReadOnlyList<string> weights, int width)
    {
        var input = new LinearInput(width, rows, hasProducts is not null && weights.Any(weight => hasProducts(weight)));
        foreach (var weight in weights)
        {
            _inputs[weight] = input;
        }

        return input;
    }
}

/// <summary>The input of a linear layer, as measured.</summary>
/// <param name="width">Its dimensions.</param>
/// <param name="rows">Inputs that are kept at most.</param>
/// <param name="hasProducts">Whether <see cref="Products"/> are computed.</param>
internal sealed class LinearInput(int width, int rows = InputStatistics.MostRows, bool hasProducts = false)
{
    // No divisor of the measured texts' length, so that every place in them is among the rows.
    private const int Every = 3;

    private readonly double[] _sums = new double[width];
    private readonly double[] _squares = new double[width];
    private readonly float[] _largest = new float[width];
    private readonly List<float[]> _rows = [];
    private readonly CrossProducts? _products = hasProducts ? new(width) : null;
    private long _count;

    /// <summary>Some of the inputs.</summary>
    public IReadOnlyList<float[]> Rows => _rows;

    /// <summary>The largest magnitude of each dimension.</summary>
    public ReadOnlySpan<float> Largest => _largest;

    /// <summary>The mean of each dimension.</summary>
    public double[] Means() => Array.ConvertAll(_sums, sum => sum / Math.Max(1, _count));

    /// <summary>The mean square of each dimension.</summary>
    public double[] MeanSquares() => Array.ConvertAll(_squares, sum => sum / Math.Max(1, _count));

    /// <summary>The mean products of all pairs of dimensions: the lower triangle, row by row; null when not asked for.</summary>
    public double[][]? Products() => _products?.Mean();

    /// <summary>Adds an input.</summary>
    /// <param name="values">[width]</param>
    /// <param name="team">The threads that compute <see cref="Products"/>.</param>
    public void Add(ReadOnlySpan<float> values, Team team)
    {
        for (var i = 0; i < values.Length; i++)
        {
            _sums[i] += values[i];
            _squares[i] += (double)values[i] * values[i];
            _largest[i] = MathF.Max(_largest[i], MathF.Abs(values[i]));
        }

        _products?.Add(values, team);
        if (_count++ % Every == 0 && _rows.Count < rows)
        {
            _rows.Add(values.ToArray());
        }
    }
}
