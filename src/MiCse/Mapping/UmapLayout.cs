using MiCse.Numerics;

namespace MiCse.Mapping;

/// <summary>
/// Moves points until edges are short and other points apart: stochastic gradient descent on the cross entropy between the graph and the curve, with
/// negative sampling (McInnes, Healy, Melville: "UMAP", 2018, section 3.2).
/// </summary>
/// <remarks>
/// In an epoch every point moves along its own edges, while it sees all others where they were when the epoch began. So points can move on any number
/// of threads in any order and come to the same places.
/// </remarks>
internal sealed class UmapLayout
{
    /// <summary>Dimensions of a map at most.</summary>
    public const int MaxComponents = 100;

    private const int PointsPerBlock = 256;

    /// <summary>The longest step along an axis, before the learning rate.</summary>
    private const float LongestStep = 4;

    /// <summary>Keeps points that nearly meet from pushing each other out of the picture.</summary>
    private const float Softening = 1e-3f;

    private readonly UmapGraph _graph;
    private readonly float _a;
    private readonly float _b;
    private readonly int _negativeSamples;
    private readonly long _seed;
    private readonly int _epochs;
    private readonly float _learningRate;
    private readonly float[] _frequencies;
    private readonly int _components;

    /// <param name="graph">The edges.</param>
    /// <param name="curve">How near points at a distance are.</param>
    /// <param name="options">The components, the negative samples and the seed.</param>
    /// <param name="epochs">Passes over the edges.</param>
    /// <param name="learningRate">Length of the first steps.</param>
    public UmapLayout(UmapGraph graph, UmapCurve curve, UmapOptions options, int epochs, double learningRate)
    {
        _graph = graph.Without(epochs);
        (_a, _b, _components) = ((float)curve.A, (float)curve.B, options.Components);
        (_negativeSamples, _seed, _epochs, _learningRate) = (options.NegativeSamples, options.Seed, epochs, (float)learningRate);
        var strongest = _graph.Weights.Length == 0 ? 1 : _graph.Weights.Max();
        _frequencies = Array.ConvertAll(_graph.Weights, weight => weight / strongest);
    }

    /// <summary>Moves points that attract and repel each other.</summary>
    /// <param name="points">The coordinates of each point, moved in place.</param>
    /// <param name="progress">Receives the number of epochs done.</param>
    /// <param name="moved">Receives the points after each epoch; null for nobody.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    public void Arrange(float[] points, IProgress<int>? progress, Action<float[]>? moved, ParallelOptions parallel)
    {
        var before = new float[points.Length];
        for (var epoch = 0; epoch < _epochs; epoch++)
        {
            points.CopyTo(before, 0);
            RunEpoch(epoch, points, before, among: false, parallel);
            progress?.Report(epoch + 1);
            moved?.Invoke(points);
        }
    }

    /// <summary>Moves new points among those of a map, which stay.</summary>
    public void ArrangeAmong(float[] map, float[] points, ParallelOptions parallel)
    {
        for (var epoch = 0; epoch < _epochs; epoch++)
        {
            RunEpoch(epoch, points, map, among: true, parallel);
        }
    }

    private void RunEpoch(int epoch, float[] points, float[] others, bool among, ParallelOptions parallel)
    {
        var rate = _learningRate * (1 - (float)epoch / _epochs);
        var blocks = (_graph.Count + PointsPerBlock - 1) / PointsPerBlock;
        ParallelLoop.For(0, blocks, parallel, block =>
        {
            for (var point = block * PointsPerBlock; point < Math.Min(_graph.Count, (block + 1) * PointsPerBlock); point++)
            {
                Move(epoch, point, points.AsSpan(_components * point, _components), others, among, rate);
            }
        });
    }

    private void Move(int epoch, int point, Span<float> place, float[] others, bool among, float rate)
    {
        // An edge of the corpus is there in both directions, and either one draws both its ends.
        var (attraction, self) = among ? (1f, -1) : (2f, point);

        // New points are pushed away from the same points, whichever texts come with them.
        var random = new SplitMix64(unchecked((ulong)_seed)).Split(epoch).Split(self);
        Span<float> difference = stackalloc float[MaxComponents];
        difference = difference[..place.Length];
        for (var edge = _graph.Starts[point]; edge < _graph.Starts[point + 1]; edge++)
        {
            // An edge of half the greatest weight is taken in every second epoch.
            var frequency = _frequencies[edge];
            if ((int)(frequency * (epoch + 1)) == (int)(frequency * epoch))
            {
                continue;
            }

            var squared = Subtract(place, others, _graph.Targets[edge], difference);
            Step(place, difference, -rate, attraction * Attraction(squared));
            for (var sample = 0; sample < _negativeSamples; sample++)
            {
                var other = random.NextBelow(others.Length / place.Length);
                if (other != self)
                {
                    squared = Subtract(place, others, other, difference);
                    Step(place, difference, rate, Repulsion(squared));
                }
            }
        }
    }

    /// <summary>The difference between a place and another point's.</summary>
    /// <returns>Its square.</returns>
    private static float Subtract(ReadOnlySpan<float> place, float[] others, int other, Span<float> difference)
    {
        var target = others.AsSpan(other * place.Length, place.Length);
        var squared = 0f;
        for (var i = 0; i < place.Length; i++)
        {
            difference[i] = place[i] - target[i];
            squared += difference[i] * difference[i];
        }

        return squared;
    }

    private static void Step(Span<float> place, ReadOnlySpan<float> difference, float rate, float force)
    {
        for (var i = 0; i < place.Length; i++)
        {
            place[i] += rate * Limit(force * difference[i]);
        }
    }

    /// <summary>2ab·d²⁽ᵇ⁻¹⁾ / (1 + a·d²ᵇ): the gradient of -log of the curve, over the distance.</summary>
    private float Attraction(float squared)
    {
        if (squared == 0)
        {
            return 0;
        }

        var power = MathF.Pow(squared, _b);
        return 2 * _a * _b * power / (squared * (1 + _a * power));
    }

    /// <summary>2b / (d² · (1 + a·d²ᵇ)): the gradient of -log(1 - the curve), over the distance.</summary>
    private float Repulsion(float squared) => 2 * _b / ((Softening + squared) * (1 + _a * MathF.Pow(squared, _b)));

    private static float Limit(float step) => Math.Clamp(step, -LongestStep, LongestStep);
}
