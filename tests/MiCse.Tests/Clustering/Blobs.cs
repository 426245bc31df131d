using MiCse.Numerics;
using MiCse.Vectors;

namespace MiCse.Tests.Clustering;

/// <summary>Embeddings in groups: those of a group point nearly the same way.</summary>
internal static class Blobs
{
    /// <summary>Rows of <paramref name="groups"/> groups in turn: row i belongs to group i mod groups.</summary>
    public static EmbeddingMatrix Of(int count, int groups, int dimensions = 12, double width = 0.15, long seed = 1)
    {
        var random = new RandomSequence(seed);
        var centers = Rows(groups, dimensions, random);
        var embeddings = Rows(count, dimensions, random);
        for (var row = 0; row < count; row++)
        {
            for (var i = 0; i < dimensions; i++)
            {
                embeddings[row][i] = centers[row % groups][i] + (float)width * embeddings[row][i];
            }
        }

        return embeddings;
    }

    /// <summary>Rows in all directions.</summary>
    public static EmbeddingMatrix Rows(int count, int dimensions, RandomSequence random)
    {
        var rows = new EmbeddingMatrix(count, dimensions);
        foreach (ref var value in rows.Values)
        {
            value = (float)(random.NextDouble() - random.NextDouble() + random.NextDouble() - random.NextDouble());
        }

        return rows;
    }

    /// <summary>A matrix of rows that are written out.</summary>
    public static EmbeddingMatrix Matrix(params float[][] rows) => new([.. rows.SelectMany(row => row)], rows.Length, rows[0].Length);
}
