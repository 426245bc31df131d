using Microsoft.Extensions.VectorData;

namespace MiCse.Tests.VectorData.Conformance;

public sealed class DistanceFunctionTests : StoreFixture
{
    /// <summary>Scores of the vector itself, its opposite and one at right angles, best first.</summary>
    public static TheoryData<string, double[], int[]> Functions => new()
    {
        { DistanceFunction.CosineDistance, [0, 1, 2], [1, 3, 2] },
        { DistanceFunction.CosineSimilarity, [1, 0, -1], [1, 3, 2] },
        { DistanceFunction.DotProductSimilarity, [1, 0, -1], [1, 3, 2] },
        { DistanceFunction.NegativeDotProductSimilarity, [-1, 0, 1], [1, 3, 2] },
        { DistanceFunction.EuclideanDistance, [0, 1.73, 2], [1, 3, 2] },
        { DistanceFunction.EuclideanSquaredDistance, [0, 3, 4], [1, 3, 2] },
        { DistanceFunction.ManhattanDistance, [0, 2, 3], [1, 2, 3] },
    };

    [Theory]
    [MemberData(nameof(Functions))]
    public async Task Scores_and_their_order_are_the_functions(string function, double[] scores, int[] order)
    {
        var collection = Numbers(function);
        await collection.EnsureCollectionExistsAsync(Token);
        float[] itself = [1, 0, 0, 0];
        await collection.UpsertAsync(
            [
                new() { Key = "itself", Number = 1, Vector = itself },
                new() { Key = "opposite", Number = 2, Vector = new float[] { -1, 0, 0, 0 } },
                new() { Key = "at right angles", Number = 3, Vector = new float[] { 0, -1, -1, 0 } },
            ],
            Token);

        var hits = await collection.SearchAsync(new ReadOnlyMemory<float>(itself), 3, null, Token).ToListAsync(Token);

        Assert.Equal(order, hits.Select(hit => hit.Record.Number));
        Assert.Equal(scores, hits.Select(hit => Math.Round(hit.Score!.Value, 2)));
    }

    [Fact]
    public void Hamming_distance_is_refused_by_name() =>
        Assert.Contains("asks for HammingDistance", Assert.Throws<NotSupportedException>(() => Numbers(DistanceFunction.HammingDistance)).Message, StringComparison.Ordinal);

    private VectorStoreCollection<string, Numbered> Numbers(string function) => Store.GetCollection<string, Numbered>(
        "numbers", Definition(new VectorStoreKeyProperty("Key", typeof(string)), new VectorStoreDataProperty("Number", typeof(int)), Vector(4, function)));
}
