using MiCse.Vectors;

namespace MiCse.Tests.Vectors;

public class EmbeddingMatrixTests
{
    [Fact]
    public void Rows_are_views_of_one_block()
    {
        float[] values = [1, 2, 3, 4, 5, 6];
        var matrix = new EmbeddingMatrix(values, 2, 3);
        Assert.Equal([4, 5, 6], matrix[1].ToArray());
        matrix[1][0] = 9;
        Assert.Equal(9, values[3]);
    }

    [Fact]
    public void A_block_of_another_size_is_refused() =>
        Assert.Contains("6 values are not 2 rows of 2", Assert.Throws<ArgumentException>(() => new EmbeddingMatrix(new float[6], 2, 2)).Message, StringComparison.Ordinal);

    [Fact]
    public void There_is_no_row_beyond_the_last() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new EmbeddingMatrix(2, 3)[2].ToArray());
}
