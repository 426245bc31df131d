using CsCheck;
using MiCse.Tests.Data;
using MiCse.VectorData;
using MiCse.Vectors;
using Microsoft.Extensions.VectorData;

namespace MiCse.Tests.VectorData;

public sealed class RecordSearchTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string> Kinds => new MatrixTheoryData<string, string>(
        [
            DistanceFunction.CosineSimilarity, DistanceFunction.CosineDistance, DistanceFunction.DotProductSimilarity, DistanceFunction.NegativeDotProductSimilarity,
            DistanceFunction.EuclideanDistance, DistanceFunction.EuclideanSquaredDistance, DistanceFunction.ManhattanDistance,
        ],
        [IndexKind.Flat, IndexKind.QuantizedFlat]);

    // Whatever was put in, replaced and deleted before, in however many commits: the hits are those of the plain loop over the records that pass.
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Equals_the_naive_loop(string function, string kind) => Gen.Select(Gen.Int[0, 60], Gen.Int[1, 12], Gen.Int[0, 5], Gen.Int[0, 1000]).Sample(
        (count, top, skip, seed) =>
        {
            var random = new Random(seed);
            float[] Vector() => [.. Enumerable.Range(0, 5).Select(_ => (float)random.Next(-2, 3))];
            using var store = new MiCseVectorStore(_folder.File(Guid.NewGuid().ToString("N")));
            var collection = store.GetCollection<int, Point>("points", Definition(function, kind));
            collection.EnsureCollectionExistsAsync(Token).Wait(Token);
            var expected = new Dictionary<int, Point>();
            foreach (var batch in Enumerable.Range(0, count).Chunk(20))
            {
                var points = batch.Select(_ => new Point { Id = random.Next(50), Group = random.Next(3), Vector = Vector() }).DistinctBy(point => point.Id).ToList();
                collection.UpsertAsync(points, Token).Wait(Token);
                points.ForEach(point => expected[point.Id] = point);
                var gone = random.Next(50);
                collection.DeleteAsync(gone, Token).Wait(Token);
                expected.Remove(gone);
            }

            var query = Vector();
            double? threshold = random.Next(2) == 0 ? null : random.Next(-2, 3) / 2.0;
            var group = random.Next(4);
            var options = new VectorSearchOptions<Point> { Skip = skip, ScoreThreshold = threshold, Filter = group == 3 ? null : point => point.Group == group };
            var better = function is DistanceFunction.CosineSimilarity or DistanceFunction.DotProductSimilarity ? -1 : 1;
            double Score(float[] vector) => function switch
            {
                DistanceFunction.CosineSimilarity => Similarity.Cosine(query, vector),
                DistanceFunction.CosineDistance => 1 - Similarity.Cosine(query, vector),
                DistanceFunction.DotProductSimilarity => Similarity.Dot(query, vector),
                DistanceFunction.EuclideanDistance => -Similarity.Of(SimilarityMeasure.Euclidean, query, vector),
                DistanceFunction.EuclideanSquaredDistance => Math.Pow(Similarity.Of(SimilarityMeasure.Euclidean, query, vector), 2),
                DistanceFunction.ManhattanDistance => -Similarity.Of(SimilarityMeasure.Manhattan, query, vector),
                _ => -Similarity.Dot(query, vector),
            };

            var hits = collection.SearchAsync(query, top, options, Token).ToBlockingEnumerable(Token).Select(hit => (hit.Record.Id, hit.Record.Group, hit.Score)).ToList();

            Assert.Equal(
                expected.Values
                    .Where(point => group == 3 || point.Group == group)
                    .Select(point => (point.Id, point.Group, Score: (double?)Score(point.Vector!)))
                    .Where(point => threshold is null || better * point.Score <= better * threshold)
                    .OrderBy(point => better * point.Score).ThenBy(point => $"{point.Id}".Length).ThenBy(point => $"{point.Id}", StringComparer.Ordinal)
                    .Skip(skip).Take(top),
                hits);
        }, iter: 5, threads: 1);

    [Fact]
    public async Task Vectors_come_along_when_they_are_asked_for_and_can_be_given_in_every_type()
    {
        using var store = new MiCseVectorStore(_folder.File("store"));
        var collection = store.GetCollection<int, Point>("points");
        await collection.EnsureCollectionExistsAsync(Token);
        await collection.UpsertAsync(new Point { Id = 3, Vector = [1, 2, 3, 4, 5] }, Token);
        float[] query = [5, 4, 3, 2, 1];

        var with = await collection.SearchAsync(query, 1, new VectorSearchOptions<Point> { IncludeVectors = true }, Token).SingleAsync(Token);
        var without = await collection.SearchAsync(new ReadOnlyMemory<float>(query), 1, null, Token).SingleAsync(Token);
        var embedding = await collection.SearchAsync(new Microsoft.Extensions.AI.Embedding<float>(query), 1, null, Token).SingleAsync(Token);

        Assert.Equal([1, 2, 3, 4, 5], with.Record.Vector!);
        Assert.Null(without.Record.Vector);
        Assert.Equal([with.Score, with.Score], [without.Score, embedding.Score]);
    }

    [Fact]
    public async Task Queries_that_cannot_be_answered_are_one_sentence()
    {
        using var store = new MiCseVectorStore(_folder.File("store"));
        var collection = store.GetCollection<int, Point>("points");
        await collection.EnsureCollectionExistsAsync(Token);
        await collection.UpsertAsync(new Point { Id = 3, Vector = [1, 2, 3, 4, 5] }, Token);

        Assert.Equal("The vector of the query has 2 dimensions, expected are 5.", (await Assert.ThrowsAsync<VectorStoreException>(() => Search(new float[2]))).Message);
        Assert.Contains("NaN", (await Assert.ThrowsAsync<VectorStoreException>(() => Search(new float[] { 1, float.NaN, 0, 0, 0 }))).Message, StringComparison.Ordinal);
        Assert.Contains("no embedding generator", (await Assert.ThrowsAsync<NotSupportedException>(() => Search("text"))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => collection.SearchAsync(new float[5], 0, null, Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await collection.SearchAsync(new float[5], 1, null, new CancellationToken(canceled: true)).ToListAsync(Token));

        async Task Search<T>(T value)
            where T : notnull => await collection.SearchAsync(value, 1, null, Token).ToListAsync(Token);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static VectorStoreCollectionDefinition Definition(string function, string kind) => new()
    {
        Properties =
        [
            new VectorStoreKeyProperty("Id", typeof(int)), new VectorStoreDataProperty("Group", typeof(int)),
            new VectorStoreVectorProperty("Vector", typeof(float[]), 5) { DistanceFunction = function, IndexKind = kind },
        ],
    };

    private sealed class Point
    {
        [VectorStoreKey]
        public int Id { get; set; }

        [VectorStoreData]
        public int Group { get; set; }

        [VectorStoreVector(5)]
        public float[]? Vector { get; set; }
    }
}
