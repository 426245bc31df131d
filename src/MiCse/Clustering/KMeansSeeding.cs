using MiCse.Numerics;
using MiCse.Vectors;

namespace MiCse.Clustering;

/// <summary>
/// k-means++ on the sphere: every further centre is a row drawn with a probability proportional to 1 - cosine with the nearest centre so far,
/// which is half its squared distance.
/// </summary>
internal static class KMeansSeeding
{
    /// <summary>Rows nearer than this to a centre are the centre but for rounding.</summary>
    public const float SameDirection = 1e-6f;

    /// <summary>More than any row is away from any other.</summary>
    private const float Unreached = 2;

    /// <summary>Draws centres: as many as asked for, or as there are different directions, but at least one.</summary>
    /// <param name="unit">Rows of length 1 or 0.</param>
    /// <param name="clusters">How many centres.</param>
    /// <param name="random">Drawn from once a centre.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    public static EmbeddingMatrix Choose(EmbeddingMatrix unit, int clusters, RandomSequence random, ParallelOptions parallel)
    {
        var distances = new float[unit.Count];
        for (var row = 0; row < unit.Count; row++)
        {
            // A row of zeros is no direction to look in.
            distances[row] = unit[row].ContainsAnyExcept(0f) ? Unreached : 0;
        }

        var chosen = new List<int>();
        while (chosen.Count < clusters && Draw(distances, random) is { } row)
        {
            chosen.Add(row);
            Approach(unit, row, distances, parallel);
        }

        var centers = new EmbeddingMatrix(Math.Max(chosen.Count, 1), unit.Dimensions);
        for (var center = 0; center < chosen.Count; center++)
        {
            unit[chosen[center]].CopyTo(centers[center]);
        }

        return centers;
    }

    private static int? Draw(float[] distances, RandomSequence random)
    {
        var total = 0.0;
        foreach (var distance in distances)
        {
            total += distance;
        }

        if (total == 0)
        {
            return null;
        }

        var rest = random.NextDouble() * total;
        var last = 0;
        for (var row = 0; row < distances.Length; row++)
        {
            if (distances[row] > 0)
            {
                last = row;
                rest -= distances[row];
                if (rest < 0)
                {
                    break;
                }
            }
        }

        return last;
    }

    private static void Approach(EmbeddingMatrix unit, int center, float[] distances, ParallelOptions parallel)
    {
        var only = new EmbeddingMatrix(unit[center].ToArray(), 1, unit.Dimensions);
        RowBlocks.Multiply(unit, only, parallel, (_, start, products) =>
        {
            for (var i = 0; i < products.Length; i++)
            {
                var distance = 1 - products[i];
                distances[start + i] = Math.Min(distances[start + i], distance < SameDirection ? 0 : distance);
            }
        });
    }
}
