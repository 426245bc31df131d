using MiCse.Numerics;
using MiCse.Vectors;

namespace MiCse.Clustering;

/// <summary>
/// Spherical k-means (Dhillon and Modha 2001): clusters by cosine, centres of length 1, started with k-means++ (Arthur and Vassilvitskii 2007).
/// Thread-safe.
/// </summary>
public static class KMeans
{
    /// <summary>Clusters embeddings; their lengths do not matter.</summary>
    /// <param name="embeddings">Shape [texts, dimensions]; not changed.</param>
    /// <param name="options">The number of clusters, and how to look for them.</param>
    /// <param name="progress">Receives a report after every iteration.</param>
    /// <param name="cancellationToken">Looked at in every iteration.</param>
    /// <returns>
    /// Every row in one cluster: as many clusters as asked for, or as there are rows of different direction if that is less. A row of zeros
    /// points nowhere: it has the score 0 and is in whichever cluster comes first. No rows give no clusters.
    /// </returns>
    /// <exception cref="ArgumentException">A row holds NaN or an infinite number; the message says which.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public static Partition Cluster(
        EmbeddingMatrix embeddings, KMeansOptions options, IProgress<KMeansProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var unit = UnitRows.Of(embeddings);
        if (unit.Count == 0)
        {
            return new Partition([], [], unit);
        }

        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = options.Threads ?? Environment.ProcessorCount,
            CancellationToken = cancellationToken,
        };
        var seeds = new RandomSequence(options.Seed);
        LloydAlgorithm? best = null;
        for (var restart = 0; restart < options.Restarts; restart++)
        {
            var random = new RandomSequence(unchecked((long)seeds.NextBits()));
            var run = new LloydAlgorithm(unit, KMeansSeeding.Choose(unit, options.Clusters, random, parallel), parallel);
            Iterate(run, options, restart, progress);
            if (best is null || run.Inertia < best.Inertia)
            {
                best = run;
            }
        }

        return new Partition(best!.Assignments, best.Scores, best.Centers);
    }

    private static void Iterate(LloydAlgorithm run, KMeansOptions options, int restart, IProgress<KMeansProgress>? progress)
    {
        var before = double.PositiveInfinity;
        for (var iteration = 0; iteration < options.MaxIterations; iteration++)
        {
            if (iteration > 0)
            {
                run.MoveCenters();
            }

            var changed = run.Assign();
            progress?.Report(new KMeansProgress(restart, iteration, run.Inertia));
            if (!changed || before - run.Inertia <= options.Tolerance * run.Inertia)
            {
                return;
            }

            before = run.Inertia;
        }
    }
}

/// <summary>One iteration of <see cref="KMeans"/> is done.</summary>
/// <param name="Restart">The start it belongs to, from 0.</param>
/// <param name="Iteration">Its number within the start, from 0.</param>
/// <param name="Inertia">The sum of 1 - cosine with the nearest centre; it never rises within a start.</param>
public readonly record struct KMeansProgress(int Restart, int Iteration, double Inertia);
