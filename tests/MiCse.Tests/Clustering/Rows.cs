using MiCse.Numerics;
using MiCse.Vectors;

namespace MiCse.Tests.Clustering;

/// <summary>Made-up embeddings.</summary>
internal static class Rows
{
    /// <summary>A matrix from its rows.</summary>
    public static EmbeddingMatrix Of(params float[][] rows) => new([.. rows.SelectMany(row => row)], rows.Length, rows[0].Length);

    /// <summary>Unit vectors in the plane, by their angles in degrees.</summary>
    public static EmbeddingMatrix AtAngles(params double[] degrees) =>
        Of([.. degrees.Select(angle => new[] { (float)Math.Cos(angle * Math.PI / 180), (float)Math.Sin(angle * Math.PI / 180) })]);

    /// <summary>Numbers between -1 and 1.</summary>
    public static EmbeddingMatrix Random(int count, int dimensions, long seed)
    {
        var random = new RandomSequence(seed);
        var rows = new EmbeddingMatrix(count, dimensions);
        foreach (ref var value in rows.Values)
        {
            value = (float)((2 * random.NextDouble()) - 1);
        }

        return rows;
    }

    /// <summary>Groups of rows around a direction each; row i is in group i modulo their number, and its length is anything.</summary>
    public static EmbeddingMatrix Groups(int count, int groups, int dimensions, float noise, long seed)
    {
        var directions = Random(groups, dimensions, seed);
        var rows = Random(count, dimensions, seed + 1);
        for (var row = 0; row < count; row++)
        {
            for (var i = 0; i < dimensions; i++)
            {
                rows[row][i] = (1 + (row % 3)) * (directions[row % groups][i] + (noise * rows[row][i]));
            }
        }

        return rows;
    }
}
