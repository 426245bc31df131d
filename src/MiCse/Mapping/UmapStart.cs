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

    /// <summary>The directions in which embeddings vary most, the largest along the first axis (principal components, by subspace iteration).</summary>
    public static float[] Principal(EmbeddingMatrix vectors, int components, long seed, ParallelOptions parallel)
    {
        var mean = Mean(vectors);
        var random = new RandomSequence(seed);
        double[][] axes = [.. Enumerable.Range(0, components).Select(_ => Axis(vectors.Dimensions, random))];
        Orthonormalize(axes);
        for (var step = 0; step < PowerSteps; step++)
        {
            axes = Multiply(vectors, mean, axes, parallel);
            Orthonormalize(axes);
        }

        var points = new float[components * vectors.Count];
        ParallelLoop.For(0, vectors.Count, parallel, row =>
        {
            for (var axis = 0; axis < components; axis++)
            {
                points[components * row + axis] = (float)Project(vectors[row], mean, axes[axis]);
            }
        });
        var farthest = points.Length == 0 ? 0 : points.Max(Math.Abs);
        foreach (ref var coordinate in points.AsSpan())
        {
            coordinate = (farthest > 0 ? coordinate * (Reach / farthest) : 0) + Noise * (float)(random.NextDouble() - 0.5);
        }

        return points;
    }

    /// <summary>New points between their neighbours in the map, by the weights of the edges.</summary>
    public static float[] Between(UmapGraph graph, ReadOnlySpan<float> map, int components)
    {
        var points = new float[components * graph.Count];
        for (var row = 0; row < graph.Count; row++)
        {
            var point = points.AsSpan(components * row, components);
            var sum = 0f;
            for (var edge = graph.Starts[row]; edge < graph.Starts[row + 1]; edge++)
            {
                var weight = graph.Weights[edge];
                var target = map.Slice(components * graph.Targets[edge], components);
                sum += weight;
                for (var axis = 0; axis < components; axis++)
                {
                    point[axis] += weight * target[axis];
                }
            }

            foreach (ref var coordinate in point)
            {
                coordinate /= sum;
            }
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
                for (var axis = 0; axis < axes.Length; axis++)
                {
                    var (projection, sums) = (Project(vector, mean, axes[axis]), part[axis]);
                    for (var i = 0; i < mean.Length; i++)
                    {
                        sums[i] += projection * (vector[i] - mean[i]);
                    }
                }
            }

            parts[block] = part;
        });
        return [.. axes.Select((_, axis) => Enumerable.Range(0, mean.Length).Select(i => parts.Sum(part => part[axis][i])).ToArray())];
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
        for (var axis = 0; axis < axes.Length; axis++)
        {
            var length = Length(axes[axis]);
            for (var before = 0; before < axis; before++)
            {
                var shared = Dot(axes[before], axes[axis]);
                for (var i = 0; i < axes[axis].Length; i++)
                {
                    axes[axis][i] -= shared * axes[before][i];
                }
            }

            // What is left of a combination of the axes before it is rounding.
            Normalize(axes[axis], axis == 0 ? 0 : 1e-12 * length);
        }
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
