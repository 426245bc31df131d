using System.Numerics.Tensors;

namespace MiCse.Evaluation.Classification;

/// <summary>
/// L-BFGS (Liu and Nocedal 1989) from a given inverse Hessian, with a backtracking line search, for smooth convex functions.
/// </summary>
internal sealed class LimitedMemoryBfgs
{
    private const int Memory = 10;
    private const int MostBacktracks = 40;
    private const double SufficientDecrease = 1e-4;

    /// <summary>Differences of the value below this share of it are rounding: neither asked for nor worth another step.</summary>
    private const double Rounding = 1e-13;

    private readonly LinkedList<(double[] Step, double[] Change, double Curvature)> _history = new();
    private readonly Preconditioner _preconditioner;

    private LimitedMemoryBfgs(Preconditioner preconditioner) => _preconditioner = preconditioner;

    /// <summary>Minimises a function.</summary>
    /// <param name="function">The function: takes a point, writes the gradient, returns the value.</param>
    /// <param name="point">Where to start.</param>
    /// <param name="preconditioner">The inverse Hessian as far as it is known.</param>
    /// <param name="tolerance">Stops when no entry of the gradient is larger.</param>
    /// <param name="mostIterations">Stops after this many steps in any case.</param>
    /// <param name="cancellationToken">Asked before every step.</param>
    /// <returns>The point where it stopped, also when rounding allows no further decrease.</returns>
    public static double[] Minimize(
        Func<double[], double[], double> function,
        double[] point,
        Preconditioner preconditioner,
        double tolerance,
        int mostIterations,
        CancellationToken cancellationToken) =>
        new LimitedMemoryBfgs(preconditioner).Run(function, point, tolerance, mostIterations, cancellationToken);

    private double[] Run(
        Func<double[], double[], double> function,
        double[] point,
        double tolerance,
        int mostIterations,
        CancellationToken cancellationToken)
    {
        var gradient = new double[point.Length];
        var value = function(point, gradient);
        for (var iteration = 0; iteration < mostIterations; iteration++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Math.Abs(TensorPrimitives.MaxMagnitude<double>(gradient)) <= tolerance)
            {
                break;
            }

            var direction = Direction(gradient);
            var slope = TensorPrimitives.Dot<double>(direction, gradient);
            var rounding = Rounding * Math.Abs(value);
            if (-slope <= rounding)
            {
                break;
            }

            var (next, nextGradient) = (new double[point.Length], new double[point.Length]);
            if (Search(function, point, direction, value + rounding, slope, next, nextGradient) is not { } nextValue)
            {
                break;
            }

            Remember(point, gradient, next, nextGradient);
            (point, gradient, value) = (next, nextGradient, nextValue);
        }

        return point;
    }

    /// <summary>Goes along the direction, less far each time, until the value is low enough there; null when it never is.</summary>
    private static double? Search(
        Func<double[], double[], double> function,
        double[] point,
        double[] direction,
        double value,
        double slope,
        double[] next,
        double[] nextGradient)
    {
        var length = 1.0;
        for (var attempt = 0; attempt < MostBacktracks; attempt++)
        {
            TensorPrimitives.MultiplyAdd(direction, length, point, next);
            var nextValue = function(next, nextGradient);
            if (nextValue <= value + SufficientDecrease * length * slope)
            {
                return nextValue;
            }

            // The minimum of the parabola through both values and the slope, kept within reason.
            var parabola = -slope * length / (2 * ((nextValue - value) / length - slope));
            length = double.IsFinite(parabola) ? Math.Clamp(parabola, length / 10, length / 2) : length / 10;
        }

        return null;
    }

    /// <summary>-H·gradient, H the inverse Hessian as far as the last steps tell: the two-loop recursion.</summary>
    private double[] Direction(double[] gradient)
    {
        var direction = new double[gradient.Length];
        TensorPrimitives.Negate<double>(gradient, direction);
        var factors = new Stack<double>();
        for (var node = _history.Last; node is not null; node = node.Previous)
        {
            var factor = TensorPrimitives.Dot<double>(node.Value.Step, direction) / node.Value.Curvature;
            TensorPrimitives.MultiplyAdd(node.Value.Change, -factor, direction, direction);
            factors.Push(factor);
        }

        _preconditioner.Solve(direction);
        if (_history.Last is { Value: var last })
        {
            // The scale of the known inverse Hessian is set by the last step.
            double[] change = [.. last.Change];
            _preconditioner.Solve(change);
            TensorPrimitives.Multiply(direction, last.Curvature / TensorPrimitives.Dot<double>(last.Change, change), direction);
        }

        foreach (var (step, change, curvature) in _history)
        {
            var factor = factors.Pop() - TensorPrimitives.Dot<double>(change, direction) / curvature;
            TensorPrimitives.MultiplyAdd(step, factor, direction, direction);
        }

        return direction;
    }

    private void Remember(double[] point, double[] gradient, double[] next, double[] nextGradient)
    {
        // The old arrays are free now and become the differences.
        TensorPrimitives.Subtract(next, point, point);
        TensorPrimitives.Subtract(nextGradient, gradient, gradient);
        var curvature = TensorPrimitives.Dot<double>(point, gradient);
        if (curvature > 0)
        {
            _history.AddLast((point, gradient, curvature));
            if (_history.Count > Memory)
            {
                _history.RemoveFirst();
            }
        }
    }
}
