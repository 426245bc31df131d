using System.Numerics.Tensors;
using CsCheck;
using MiCse.Files;
using MiCse.Initialization;
using MiCse.Numerics;
using MiCse.Tokenization;
using MiCse.Vectors;

namespace MiCse.Tests.Initialization;

public sealed class WordVectorsTests
{
    private static readonly string[] Vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Enumerable.Range(0, 12).Select(word => $"w{word}")];

    private static readonly Tokenizer Words = Tokenizer.FromVocabulary(Vocabulary);

    private static readonly Gen<string[]> Texts = Gen.Int[0, 13].Select(word => word < 12 ? $"w{word}" : "unknown")
        .Array[0, 12].Select(words => string.Join(' ', words)).Array[1, 8];

    [Fact]
    public void Neighbours_are_the_pairs_of_positions_within_the_window() => Gen.Select(Texts, Gen.Int[1, 4]).Sample((texts, window) =>
    {
        var expected = SlowCounts(texts, window);
        if (expected.Count == 0)
        {
            Assert.Throws<DataFormatException>(() => Count(texts, window));
            return;
        }

        var counts = Count(texts, window, threads: 2).Counts;
        var seen = Enumerable.Range(0, counts.Size).SelectMany(row =>
            counts[row].Columns.Select((column, entry) => ((row, column), (int)counts[row].Values[entry]))).ToDictionary();
        Assert.Equal(expected.OrderBy(pair => pair.Key), seen.OrderBy(pair => pair.Key));
    });

    [Fact]
    public void Information_is_the_logarithm_of_how_much_more_often_than_by_chance()
    {
        // w0 and w1 stand beside each other three times, w0 and w2 once; row sums 4, 3, 1 of 8.
        var information = Count(["w0 w1", "w1 w0", "w0 w1", "w0 w2"], 1).Counts.ToPositivePointwiseMutualInformation(new ParallelOptions());

        Assert.Equal([6, 7], information[5].Columns);
        Assert.Equal(Math.Log(3 * 8 / (4.0 * 3)), information[5].Values[0], 1e-6);
        Assert.Equal(Math.Log(1 * 8 / (4.0 * 1)), information[5].Values[1], 1e-6);
        Assert.Empty(information[0].Columns);
    }

    [Fact]
    public void Columns_become_orthonormal_and_span_the_same()
    {
        var random = new RandomSequence(3);
        var matrix = new EmbeddingMatrix(3000, 6);
        foreach (ref var value in matrix.Values)
        {
            value = (float)(random.NextDouble() - 0.4);
        }

        var before = Enumerable.Range(0, 6).Select(column => Column(matrix, column)).ToArray();
        OrthonormalColumns.Make(matrix, new ParallelOptions());

        for (var left = 0; left < 6; left++)
        {
            for (var right = 0; right < 6; right++)
            {
                Assert.Equal(left == right ? 1 : 0, TensorPrimitives.Dot<float>(Column(matrix, left), Column(matrix, right)), 1e-5);
            }
        }

        // What was spanned before is spanned now: projected onto the new columns, no old one gets shorter.
        foreach (var column in before)
        {
            var projected = Enumerable.Range(0, 6).Sum(index => Math.Pow(TensorPrimitives.Dot<float>(column, Column(matrix, index)), 2));
            Assert.Equal(TensorPrimitives.SumOfSquares<float>(column), projected, 1e-4 * projected);
        }
    }

    [Fact]
    public void Vectors_are_rows_of_the_main_directions()
    {
        var random = new RandomSequence(4);
        var texts = Enumerable.Range(0, 900).Select(text =>
            string.Join(' ', Enumerable.Range(0, 6).Select(_ => $"w{random.Next(4) + (4 * (text % 3))}"))).ToArray();
        var cooccurrences = Count(texts, 5);
        var vectors = WordVectors.Learn(cooccurrences, dimensions: 3, seed: 1, cancellationToken: TestContext.Current.CancellationToken);

        var projection = MainDirections(cooccurrences.Counts.ToPositivePointwiseMutualInformation(new ParallelOptions()), 3);
        for (var left = 5; left < 17; left++)
        {
            for (var right = 5; right < 17; right++)
            {
                // Rows of a basis have the products of the projection onto what it spans.
                var expected = projection[left][right] / Math.Sqrt(projection[left][left] * projection[right][right]);
                Assert.Equal(expected, TensorPrimitives.CosineSimilarity(vectors[left], vectors[right]), 1e-3);
            }
        }
    }

    [Fact]
    public void Words_of_a_theme_are_near_each_other_and_frequent_words_are_short()
    {
        var random = new RandomSequence(1);
        var texts = Enumerable.Range(0, 4000).Select(text =>
            string.Join(' ', Enumerable.Range(0, 8).Select(_ => random.Next(3) == 0 ? "w0" : $"w{1 + random.Next(5) + (5 * (text % 2))}"))).ToArray();
        var vectors = WordVectors.Learn(Count(texts, 10), dimensions: 3, seed: 1, cancellationToken: TestContext.Current.CancellationToken);

        var sameTheme = TensorPrimitives.CosineSimilarity(vectors[6], vectors[7]);
        var otherTheme = TensorPrimitives.CosineSimilarity(vectors[6], vectors[12]);

        Assert.True(sameTheme > 0.9, $"{sameTheme}");
        Assert.True(otherTheme < 0.5, $"{otherTheme}");
        Assert.Equal(1e-3 / (1e-3 + (1 / 3.0)), TensorPrimitives.Norm(vectors[5]), 2e-4);
        Assert.Equal(0, TensorPrimitives.Norm(vectors[16]));
    }

    [Fact]
    public void Threads_do_not_change_a_bit()
    {
        var random = new RandomSequence(2);
        var texts = Enumerable.Range(0, 300).Select(_ => string.Join(' ', Enumerable.Range(0, 9).Select(_ => $"w{random.Next(12)}"))).ToArray();

        Assert.Equal(Learn(1), Learn(3));

        float[] Learn(int threads)
        {
            var vectors = WordVectors.Learn(Count(texts, 3, threads), 4, 7, threads: threads, cancellationToken: TestContext.Current.CancellationToken);
            return [.. Enumerable.Range(0, vectors.Count).SelectMany(id => vectors[id].ToArray())];
        }
    }

    [Fact]
    public void More_dimensions_than_the_text_tells_apart_are_refused()
    {
        var refusal = Assert.Throws<DataFormatException>(() =>
            WordVectors.Learn(Count(["w0 w1 w2"], 2), 10, 1, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Contains("texts: has 3 different pieces, too few to learn word vectors of 10 dimensions from", refusal.Message, StringComparison.Ordinal);
    }

    private static Cooccurrences Count(string[] texts, int window, int? threads = null) =>
        Cooccurrences.Count(texts, "texts", Words, window, threads, cancellationToken: TestContext.Current.CancellationToken);

    private static Dictionary<(int Row, int Column), int> SlowCounts(string[] texts, int window)
    {
        var counts = new Dictionary<(int, int), int>();
        foreach (var ids in texts.Select(text => Words.Tokenize(text).Ids[1..^1]))
        {
            for (var left = 0; left < ids.Length; left++)
            {
                for (var right = 0; right < ids.Length; right++)
                {
                    if (left != right && Math.Abs(left - right) <= window && ids[left] != 1 && ids[right] != 1)
                    {
                        counts[(ids[left], ids[right])] = counts.GetValueOrDefault((ids[left], ids[right])) + 1;
                    }
                }
            }
        }

        return counts;
    }

    /// <summary>The projection onto the eigenvectors of the largest eigenvalues, by power iteration and deflation in double precision.</summary>
    private static double[][] MainDirections(SparseMatrix matrix, int count)
    {
        var rest = Enumerable.Range(0, matrix.Size).Select(row =>
        {
            var dense = new double[matrix.Size];
            foreach (var (entry, column) in matrix[row].Columns.Index())
            {
                dense[column] = matrix[row].Values[entry];
            }

            return dense;
        }).ToArray();
        var projection = rest.Select(row => new double[row.Length]).ToArray();
        for (var found = 0; found < count; found++)
        {
            var vector = Enumerable.Range(1, rest.Length).Select(index => Math.Sin(index + found)).ToArray();
            var eigenvalue = 0.0;
            for (var step = 0; step < 3000; step++)
            {
                var product = Array.ConvertAll(rest, row => row.Zip(vector, (a, b) => a * b).Sum());
                eigenvalue = product.Zip(vector, (a, b) => a * b).Sum();
                var length = Math.Sqrt(product.Sum(value => value * value));
                vector = Array.ConvertAll(product, value => value / length);
            }

            for (var row = 0; row < rest.Length; row++)
            {
                for (var column = 0; column < rest.Length; column++)
                {
                    projection[row][column] += vector[row] * vector[column];
                    rest[row][column] -= eigenvalue * vector[row] * vector[column];
                }
            }
        }

        return projection;
    }

    private static float[] Column(EmbeddingMatrix matrix, int column) => [.. Enumerable.Range(0, matrix.Count).Select(row => matrix[row][column])];
}
