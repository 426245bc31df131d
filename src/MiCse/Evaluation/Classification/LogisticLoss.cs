using System.Numerics.Tensors;
using MiCse.Numerics;

namespace MiCse.Evaluation.Classification;

/// <summary>
/// F(w, b) = C · Σ -ln p(label | row) + ½‖w‖², where p is the softmax of the classes' w·x + b, or with two classes the logistic function of
/// one such sum. The intercepts b are not penalised. Strictly convex in w. All sums are in double precision and in a fixed order at any
/// number of threads.
/// </summary>
internal sealed class LogisticLoss
{
    /// <summary>Rows that one thread adds up; the partial sums are added in order.</summary>
    private const int RowsPerChunk = 1 << 14;

    private readonly LabelledFeatures _data;
    private readonly int[] _rows;
    private readonly ParallelOptions _parallel;
    private readonly (double Loss, double[] Gradient)[] _chunks;

    public LogisticLoss(LabelledFeatures data, int[] rows, ParallelOptions parallel)
    {
        _data = data;
        _rows = rows;
        _parallel = parallel;
        Outputs = OutputsOf(data.Classes);
        Inputs = data.Features.Dimensions;
        _chunks = new (double, double[])[(rows.Length + RowsPerChunk - 1) / RowsPerChunk];
        for (var chunk = 0; chunk < _chunks.Length; chunk++)
        {
            _chunks[chunk].Gradient = new double[ParameterCount];
        }
    }

    /// <summary>Inverse strength of the regularisation.</summary>
    public double C { get; set; } = 1;

    public int Inputs { get; }

    public int Outputs { get; }

    /// <summary>Parameters: for each output its weights, then its intercept.</summary>
    public int ParameterCount => Outputs * (Inputs + 1);

    /// <summary>Sums per row: one a class, but a single one for two classes.</summary>
    public static int OutputsOf(int classes) => classes == 2 ? 1 : classes;

    /// <summary>w·x + b for each output.</summary>
    public static void Score(ReadOnlySpan<double> parameters, ReadOnlySpan<double> row, Span<double> scores)
    {
        for (var k = 0; k < scores.Length; k++)
        {
            var weights = parameters.Slice(k * (row.Length + 1), row.Length + 1);
            scores[k] = TensorPrimitives.Dot(weights[..row.Length], row) + weights[row.Length];
        }
    }

    /// <summary>F and its gradient.</summary>
    public double Evaluate(double[] parameters, double[] gradient)
    {
        if (_chunks.Length == 1)
        {
            EvaluateChunk(0, parameters);
        }
        else
        {
            ParallelLoop.For(0, _chunks.Length, _parallel, chunk => EvaluateChunk(chunk, parameters));
        }

        var loss = 0.0;
        Array.Clear(gradient);
        foreach (var chunk in _chunks)
        {
            loss += chunk.Loss;
            TensorPrimitives.Add(gradient, chunk.Gradient, gradient);
        }

        loss *= C;
        TensorPrimitives.Multiply(gradient, C, gradient);
        for (var k = 0; k < Outputs; k++)
        {
            var weights = parameters.AsSpan(k * (Inputs + 1), Inputs);
            var ofWeights = gradient.AsSpan(k * (Inputs + 1), Inputs);
            loss += TensorPrimitives.SumOfSquares<double>(weights) / 2;
            TensorPrimitives.Add(ofWeights, weights, ofWeights);
        }

        return loss;
    }

    private void EvaluateChunk(int chunk, double[] parameters)
    {
        var gradient = _chunks[chunk].Gradient;
        Array.Clear(gradient);
        var row = new double[Inputs];
        Span<double> errors = stackalloc double[Outputs];
        var loss = 0.0;
        foreach (var index in _rows.AsSpan(chunk * RowsPerChunk, Math.Min(RowsPerChunk, _rows.Length - chunk * RowsPerChunk)))
        {
            TensorPrimitives.ConvertTruncating<float, double>(_data.Features[index], row);
            Score(parameters, row, errors);
            loss += Outputs == 1 ? Logistic(_data.Labels[index], ref errors[0]) : Softmax(_data.Labels[index], errors);
            for (var k = 0; k < errors.Length; k++)
            {
                var ofOutput = gradient.AsSpan(k * (Inputs + 1), Inputs + 1);
                TensorPrimitives.MultiplyAdd(row, errors[k], ofOutput[..Inputs], ofOutput[..Inputs]);
                ofOutput[Inputs] += errors[k];
            }
        }

        _chunks[chunk].Loss = loss;
    }

    /// <summary>The loss of one row; turns its score into the derivative, p - label.</summary>
    private static double Logistic(int label, ref double score)
    {
        // The exponential of a number that is not positive: it cannot overflow.
        var exponential = Math.Exp(-Math.Abs(score));
        var margin = label == 1 ? score : -score;
        var loss = Math.Log(1 + exponential) + Math.Max(-margin, 0);
        score = (score >= 0 ? 1 : exponential) / (1 + exponential) - label;
        return loss;
    }

    /// <summary>The loss of one row; turns its scores into the derivatives, p - 1 for the label and p for the others.</summary>
    private static double Softmax(int label, Span<double> scores)
    {
        var largest = TensorPrimitives.Max<double>(scores);
        var ofLabel = scores[label];
        TensorPrimitives.Subtract(scores, largest, scores);
        TensorPrimitives.Exp<double>(scores, scores);
        var sum = TensorPrimitives.Sum<double>(scores);
        TensorPrimitives.Divide(scores, sum, scores);
        scores[label]--;
        return largest + Math.Log(sum) - ofLabel;
    }
}
