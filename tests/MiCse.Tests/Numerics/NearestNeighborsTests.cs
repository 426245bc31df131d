using CsCheck;
using MiCse.Numerics;
using MiCse.Tests.Clustering;
using MiCse.Vectors;

namespace MiCse.Tests.Numerics;

public class NearestNeighborsTests
{
    private static readonly ParallelOptions Parallel = new() { MaxDegreeOfParallelism = 2 };

    [Fact]
    public void Nearest_first_and_of_equally_near_ones_the_first()
    {
        var vectors = UnitRows.Of(Blobs.Matrix([1, 0], [0, 1], [3, 4], [5, 0], [0, 0], [-1, 0]));

        var neighbors = NearestNeighbors.Of(vectors, 5, progress: null, Parallel);

        // A zero vector is at 1 from everything, as is what stands at a right angle.
        Assert.Equal([3, 2, 1, 4, 5], neighbors.Indices(0).ToArray());
        Close.Assert([0, 0.4, 1, 1, 2], neighbors.Distances(0).ToArray().Select(x => (double)x), 1e-6);
        Assert.Equal([0, 1, 2, 3, 5], neighbors.Indices(4).ToArray());
    }

    [Fact]
    public void The_same_as_a_naive_search() =>
        Gen.Select(Gen.Int[1, 120], Gen.Int[1, 20], Gen.Int[1, 16], Gen.Long).Sample((count, dimensions, neighbors, seed) =>
        {
            var embeddings = Blobs.Rows(count, dimensions, new RandomSequence(seed));
            var found = NearestNeighbors.Of(UnitRows.Of(embeddings), neighbors, progress: null, Parallel);

            Assert.Equal(Math.Min(neighbors, count - 1), found.Count);
            for (var row = 0; row < count; row++)
            {
                AssertNearest(embeddings[row], embeddings, Enumerable.Range(0, count).Where(other => other != row), found, row);
            }
        }, iter: 60);

    [Fact]
    public void More_rows_than_a_block_and_rows_of_another_matrix()
    {
        var (queries, keys) = (Blobs.Of(70, 3, 9, seed: 1), Blobs.Of(450, 5, 9, seed: 2));

        var found = NearestNeighbors.Between(UnitRows.Of(queries), UnitRows.Of(keys), 7, Parallel);

        Assert.Equal((70, 7), (found.Rows, found.Count));
        for (var row = 0; row < queries.Count; row++)
        {
            AssertNearest(queries[row], keys, Enumerable.Range(0, keys.Count), found, row);
        }
    }

    [Fact]
    public void A_row_alone_has_no_neighbours() =>
        Assert.Equal(0, NearestNeighbors.Of(UnitRows.Of(Blobs.Matrix([1, 2])), 3, progress: null, Parallel).Count);

    private static void AssertNearest(Span<float> query, EmbeddingMatrix keys, IEnumerable<int> candidates, NearestNeighbors found, int row)
    {
        var copy = query.ToArray();
        var distances = candidates.ToDictionary(key => key, key => 1 - Similarity.Cosine(copy, keys[key]));
        var indices = found.Indices(row).ToArray();
        Assert.Distinct(indices);
        Close.Assert(distances.Values.Order().Take(indices.Length), found.Distances(row).ToArray().Select(x => (double)x), 1e-5);
        Close.Assert(indices.Select(index => distances[index]), found.Distances(row).ToArray().Select(x => (double)x), 1e-5);
    }
}
