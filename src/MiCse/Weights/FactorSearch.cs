namespace MiCse.Weights;

/// <summary>Improves the factors of an input one at a time, by powers of 2 to a quarter, as long as that makes the expected error of the products smaller.</summary>
internal sealed class FactorSearch
{
    private const int Sweeps = 4;

    // An error has to become this much smaller, so that last digits do not decide.
    private const double Better = 1 - 1e-5;

    private static readonly double[] Changes = [2, 0.5, Math.Pow(2, 0.25), Math.Pow(2, -0.25)];

    private readonly float[] _factors;
    private readonly double[] _inputSquares; // [width]: mean squares
    private readonly double[] _weightSquares; // [width]: sums of squares
    private readonly LargestProducts _weights; // magnitudes; a column is an output
    private readonly LargestProducts _most; // inputs; a column is one of them
    private readonly LargestProducts _least; // the same with the other sign
    private double _inputs;
    private double _products;

    /// <param name="rows">Inputs.</param>
    /// <param name="squares">[width]: their mean squares.</param>
    /// <param name="weights">The weights [out, width] that are multiplied with them.</param>
    /// <param name="factors">[width]: the factors to begin with; improved in place.</param>
    public FactorSearch(IReadOnlyList<float[]> rows, double[] squares, IReadOnlyList<float[]> weights, float[] factors)
    {
        var width = factors.Length;
        (_factors, _inputSquares, _weightSquares) = (factors, squares, new double[width]);
        float[][] outputs = [.. weights.SelectMany(matrix => matrix.Chunk(width))];
        foreach (var output in outputs)
        {
            for (var i = 0; i < width; i++)
            {
                _weightSquares[i] += (double)output[i] * output[i];
            }
        }

        _weights = new LargestProducts(outputs, MathF.Abs);
        _most = new LargestProducts(rows, value => value);
        _least = new LargestProducts(rows, value => -value);
    }

    /// <summary>Improves the factors.</summary>
    public void Run()
    {
        _weights.Start(Array.ConvertAll(_factors, factor => 1 / factor));
        _most.Start(_factors);
        _least.Start(_factors);
        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            _inputs = _inputSquares.Select((square, i) => square * _factors[i] * _factors[i]).Sum();
            _products = _weightSquares.Select((square, i) => square / _factors[i] / _factors[i]).Sum();
            for (var i = 0; i < _factors.Length; i++)
            {
                Improve(i);
            }
        }
    }

    private void Improve(int index)
    {
        var (old, best) = (_factors[index], _factors[index]);
        var least = Error(index, old);
        foreach (var change in Changes)
        {
            var factor = (float)Math.Clamp(old * change, 1.0 / (1 << 20), 1 << 20);
            if (Error(index, factor) is var error && error < least * Better)
            {
                (best, least) = (factor, error);
            }
        }

        if (best != old)
        {
            (_inputs, _products) = Squares(index, best);
            _factors[index] = best;
            _weights.Set(index, 1 / best);
            _most.Set(index, best);
            _least.Set(index, best);
        }
    }

    /// <summary>The sums of the squares of inputs and of weights with another factor.</summary>
    private (double Inputs, double Weights) Squares(int index, double factor)
    {
        var (before, after) = ((double)_factors[index] * _factors[index], factor * factor);
        return (_inputs + _inputSquares[index] * (after - before), _products + _weightSquares[index] * (1 / after - 1 / before));
    }

    /// <summary>The error with another factor: steps of the weights, times the inputs, and the other way round.</summary>
    private double Error(int index, float factor)
    {
        var (inputs, weights) = Squares(index, factor);
        var steps = _weights.SumOfSquares(index, 1 / factor) / (QuantizedMatrix.MatMulLevels * QuantizedMatrix.MatMulLevels);
        var ranges = LargestProducts.SumOfSquares(_most, _least, index, factor) / _most.Columns / (254.0 * 254);
        return steps * inputs + ranges * weights;
    }
}
