using MiCse.Vectors;

namespace MiCse.Tests.Vectors;

public sealed class EmbeddingQuantizationTests
{
    private static readonly EmbeddingMatrix s_embeddings = new(
        [0.1f, -0.5f, 2, 0, 1, 1, -1, 3, 0.25f, 0.3f, 0.5f, -2, 0, 1, -1, 1, 3, -0.25f, -0.2f, 0.1f, 0.5f, 0, 1, 0.5f, 0.2f, -3, 0.125f], 3, 9);

    /// <summary>What numpy's float32 arithmetic makes of the formula, floor((x - minimum) / ((maximum - minimum) / 255)).</summary>
    public static TheoryData<EmbeddingType, int[][]> Golden => new()
    {
        { EmbeddingType.UInt8, [[153, 0, 254, 0, 0, 254, 0, 255, 254], [254, 254, 0, 0, 0, 0, 254, 255, 0], [0, 153, 159, 0, 0, 191, 153, 0, 191]] },
        { EmbeddingType.Int8, [[25, -128, 126, -128, -128, 126, -128, 127, 126], [126, 126, -128, -128, -128, -128, 126, 127, -128], [-128, 25, 31, -128, -128, 63, 25, -128, 63]] },
        { EmbeddingType.UBinary, [[173, 128], [203, 0], [110, 128]] },
        { EmbeddingType.Binary, [[45, 0], [75, -128], [-18, 0]] },
    };

    [Theory]
    [MemberData(nameof(Golden))]
    public void The_numbers_are_those_of_quantize_embeddings(EmbeddingType type, int[][] expected)
    {
        var ranges = QuantizationRanges.Of(s_embeddings);
        var isSigned = type is EmbeddingType.Int8 or EmbeddingType.Binary;
        for (var row = 0; row < s_embeddings.Count; row++)
        {
            var bytes = EmbeddingQuantization.Quantize(s_embeddings[row], type, EmbeddingQuantization.NeedsRanges(type) ? ranges : null);
            Assert.Equal(EmbeddingQuantization.ByteCount(type, 9), bytes.Length);
            Assert.Equal(expected[row], bytes.Select(value => isSigned ? (sbyte)value : (int)value));
        }
    }

    [Fact]
    public void What_lies_outside_the_ranges_becomes_the_nearest_level()
    {
        var ranges = QuantizationRanges.Of(new EmbeddingMatrix([0, 0, 1, 1], 2, 2));
        Assert.Equal([(byte)0, (byte)255], EmbeddingQuantization.Quantize([-5, 7], EmbeddingType.UInt8, ranges));
    }

    [Fact]
    public void Missing_ranges_and_those_of_other_embeddings_are_refused()
    {
        Assert.Contains("needs the ranges", Assert.Throws<ArgumentException>(() => EmbeddingQuantization.Quantize([1, 2], EmbeddingType.Int8)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "of 9 dimensions do not go with an embedding of 2",
            Assert.Throws<ArgumentException>(() => EmbeddingQuantization.Quantize([1, 2], EmbeddingType.Int8, QuantizationRanges.Of(s_embeddings))).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => QuantizationRanges.Of(new EmbeddingMatrix(0, 3)));
        Assert.Throws<ArgumentOutOfRangeException>(() => EmbeddingQuantization.Quantize([1], EmbeddingType.Float32));
    }
}
