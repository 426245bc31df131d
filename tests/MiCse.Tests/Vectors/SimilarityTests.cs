using CsCheck;
using MiCse.Vectors;

namespace MiCse.Tests.Vectors;

public class SimilarityTests
{
    private static readonly Gen<float[]> Vector = Gen.Float[-10, 10].Array[7];

    [Fact]
    public void Known_angles()
    {
        Assert.Equal(0.6, Similarity.Cosine([3, 4], [1, 0]), 15);
        Assert.Equal(1, Similarity.Cosine([1, 2, 3], [2, 4, 6]), 15);
        Assert.Equal(-1, Similarity.Cosine([1, 2], [-3, -6]), 15);
        Assert.Equal(0, Similarity.Cosine([1, 0], [0, 5]));
        Assert.Equal(11, Similarity.Dot([1, 2], [3, 4]));
    }

    [Fact]
    public void A_zero_vector_is_like_nothing() => Assert.Equal(0, Similarity.Cosine([0, 0], [1, 2]));

    [Fact]
    public void Not_a_number_is_not_hidden() => Assert.Equal(double.NaN, Similarity.Cosine([float.NaN, 1], [1, 2]));

    [Fact]
    public void Cosine_is_symmetric_bounded_and_blind_to_length() => Gen.Select(Vector, Vector, Gen.Float[0.01f, 100]).Sample(
        (first, second, scale) =>
        {
            var cosine = Similarity.Cosine(first, second);
            Assert.InRange(cosine, -1, 1);
            Assert.Equal(cosine, Similarity.Cosine(second, first));
            Assert.Equal(cosine, Similarity.Cosine(Array.ConvertAll(first, x => x * scale), second), 1e-6);
        });

    [Fact]
    public void Tiny_and_huge_vectors_neither_vanish_nor_overflow()
    {
        Assert.Equal(1, Similarity.Cosine([1e-30f, 1e-30f], [3e37f, 3e37f]), 15);
    }

    [Fact]
    public void Different_lengths_are_refused() =>
        Assert.Contains("3 dimensions", Assert.Throws<ArgumentException>(() => Similarity.Cosine([1, 2], [1, 2, 3])).Message, StringComparison.Ordinal);
}
