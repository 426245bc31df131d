using MiCse.Search;
using MiCse.Tests.Data;

namespace MiCse.Tests.Search;

/// <summary>Indexes for tests.</summary>
internal static class TestIndex
{
    /// <summary>The source of vectors that no model made.</summary>
    public static VectorSource Source(int dimensions) => new("none", "mean", dimensions);

    /// <summary>Writes an index; the text of a row is "text of" its id.</summary>
    /// <returns>Its folder.</returns>
    public static string Write(
        TemporaryFolder folder, IReadOnlyList<(string Id, float[] Vector)> rows, int dimensions, IndexPrecision precision = IndexPrecision.Float32, int commitEvery = int.MaxValue)
    {
        var path = folder.File(Guid.NewGuid().ToString("N"));
        using var writer = VectorIndexWriter.Create(path, Source(dimensions), precision);
        for (var row = 0; row < rows.Count; row++)
        {
            writer.Put(rows[row].Id, $"text of {rows[row].Id}", rows[row].Vector);
            if ((row + 1) % commitEvery == 0)
            {
                writer.Commit();
            }
        }

        writer.Commit();
        return path;
    }

    /// <summary>Random rows with ids 1, 2, …; the same for the same seed.</summary>
    public static (string Id, float[] Vector)[] Random(int count, int dimensions, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(1, count).Select(id => ($"{id}", Enumerable.Range(0, dimensions).Select(_ => (float)(random.NextDouble() - 0.5)).ToArray()))];
    }

    /// <summary>The ids in an index, whatever the order.</summary>
    public static string[] Ids(string path)
    {
        using var index = VectorIndex.Open(path);
        index.Check();
        var query = new float[index.Source.Dimensions];
        return [.. index.Search(query, Math.Max(1, index.Count)).Select(hit => hit.Id)];
    }
}
