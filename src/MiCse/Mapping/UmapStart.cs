using MiCse.Numerics;
using MiCse.Vectors;

namespace MiCse.Mapping;

/// <summary>Where points are before they are moved.</summary>
internal static class UmapStart
{
    /// <summary>Half the width of the picture at the start.</summary>
    private const float Reach = 10;

    /// <summary>Copies of a text start apart by this much, and can go apart.</summary>
    private const float Noise = 1e-4f;

    private const int PowerSteps = 30;
    private const int RowsPerBlock = 512;

    /// <summary>The two directions in which embeddings of length 1 vary most, the larger along x (principal components, by subspace iteration).</summary>
    public static float[] Principal(EmbeddingMatrix vectors, long seed, ParallelOptions parallel)
    {
        var mean = Mean(vectors);
        var random = new RandomSequence(seed);
        var axes = new[] { Axis(vectors.Dimensions, random), Axis(vectors.Dimensions, random) };
        Orthonormalize(axes);
        for (var step = 0; step < PowerSteps; step++)
        {
            axes = Multiply(vectors, mean, axes, parallel);
            Orthonormalize(axes);
        }

        var points = new float[2 * vectors.Count];
        ParallelLoop.For(0, vectors.Count, parallel, row =>
        {
            (points[2 * row], points[2 * row + 1]) =
                ((float)Project(vectors[row], mean, axes[0]), (float)Project(vectors[row], mean, axes[1]));
        });
        var farthest = points.Length == 0 ? 0 : points.Max(Math.Abs);
        foreach (ref var coordinate in points.AsSpan())
        {
            coordinate = (farthest > 0 ? coordinate * (Reach / farthest) : 0) + Noise * (float)(random.NextDouble() - 0.5);
        }

        return points;
    }

    /// <summary>New points between their neighbours in the map, by the weights of the edges.</summary>
    public static float[] Between(UmapGraph graph, ReadOnlySpan<float> map)
    {
        var points = new float[2 * graph.Count];
        for (var row = 0; row < graph.Count; row++)
        {
            var (x, y, sum) = (0f, 0f, 0f);
            for (var edge = graph.Starts[row]; edge < graph.Starts[row + 1]; edge++)
            {
                var (weight, target) = (graph.Weights[edge], graph.Targets[edge]);
                (x, y, sum) = (x + weight * map[2 * target], y + weight * map[2 * target + 1], sum + weight);
            }

            (points[2 * row], points[2 * row + 1]) = (x / sum, y / sum);
        }

        return points;
    }

    private static double[] Mean(EmbeddingMatrix vectors)
    {
        var mean = new double[vectors.Dimensions];
        for (var row = 0; row < vectors.Count; row++)
        {
            var vector = vectors[row];
            for (var i = 0; i < mean.Length; i++)
            {
                mean[i] += vector[i] / (double)vectors.Count;
            }
        }

        return mean;
    }

    private static double[] Axis(int dimensions, RandomSequence random) =>
        [.. Enumerable.Range(0, dimensions).Select(_ => random.NextDouble() - 0.5)];

    /// <summary>The covariance, times the axes; block by block and then in the order of the blocks, so that threads do not show in the sums.</summary>
    private static double[][] Multiply(EmbeddingMatrix vectors, double[] mean, double[][] axes, ParallelOptions parallel)
    {
        var parts = new double[(vectors.Count + RowsPerBlock - 1) / RowsPerBlock][][];
        ParallelLoop.For(0, parts.Length, parallel, block =>
        {
            var part = Array.ConvertAll(axes, axis => new double[axis.Length]);
            for (var row = block * RowsPerBlock; row < Math.Min(vectors.Count, (block + 1) * RowsPerBlock); row++)
            {
                var vector = vectors[row];
                var (first, second) = (Project(vector, mean, axes[0]), Project(vector, mean, axes[1]));
                for (var i = 0; i < mean.Length; i++)
                {
                    var centered = vector[i] - mean[i];
                    part[0][i] += first * centered;
                    part[1][i] += second * centered;
                }
            }

            parts[block] = part;
        });
        return Array.ConvertAll([0, 1], axis => Enumerable.Range(0, mean.Length).Select(i => parts.Sum(part => part[axis][i])).ToArray());
    }

    private static double Project(ReadOnlySpan<float> vector, double[] mean, double[] axis)
    {
        var sum = 0.0;
        for (var i = 0; i < vector.Length; i++)
        {
            sum += (vector[i] - mean[i]) * axis[i];
        }

        return sum;
    }

    /// <summary>Gram–Schmidt; a direction in which nothing varies becomes 0.</summary>
    private static void Orthonormalize(double[][] axes)
    {
        Normalize(axes[0], least: 0);
        var length = Length(axes[1]);
        var shared = Dot(axes[0], axes[1]);
        for (var i = 0; i < axes[1].Length; i++)
        {
            axes[1][i] -= shared * axes[0][i];
        }

        // What is left of a multiple of the first axis is rounding.
        Normalize(axes[1], 1e-12 * length);
    }

    private static void Normalize(double[] axis, double least)
    {
        var length = Length(axis);
        for (var i = 0; i < axis.Length; i++)
        {
            axis[i] = length > least ? axis[i] / length : 0;
        }
    }

    private static double Length(double[] axis) => Math.Sqrt(Dot(axis, axis));

    private static double Dot(double[] first, double[] second)
    {
        var sum = 0.0;
        for (var i = 0; i < first.Length; i++)
        {
            sum += first[i] * second[i];
        }

        return sum;
    }
}
