using MiCse.Evaluation.Statistics;
using MiCse.Vectors;

namespace MiCse.Tests.Evaluation.Statistics;

public class AlignmentUniformityTests
{
    [Fact]
    public void Measures_are_those_computed_by_hand()
    {
        // Unit vectors (1,0), (0,1), (-1,0), whatever their lengths: squared distances 2, 2, 4.
        var measured = AlignmentUniformity.Of(
            new EmbeddingMatrix([2, 0, 0, 5], 2, 2), new EmbeddingMatrix([0, 3, 0, 1], 2, 2), new EmbeddingMatrix([7, 0, 0, 1, -2, 0], 3, 2));
        Assert.Equal((2 + 0) / 2.0, measured.Alignment, 1e-6);
        Assert.Equal(Math.Log((2 * Math.Exp(-4) + Math.Exp(-8)) / 3), measured.Uniformity, 1e-6);
    }

    [Fact]
    public void Collapsed_embeddings_align_and_are_not_uniform()
    {
        var same = new EmbeddingMatrix([1, 1, 1, 1, 1, 1], 3, 2);
        var measured = AlignmentUniformity.Of(same, same, same);
        Assert.Equal(0, measured.Alignment, 1e-6);
        Assert.Equal(0, measured.Uniformity, 1e-5);
    }

    [Fact]
    public void Sides_of_other_shapes_are_refused() => Assert.Throws<ArgumentException>(() =>
        AlignmentUniformity.Of(new EmbeddingMatrix(2, 2), new EmbeddingMatrix(1, 2), new EmbeddingMatrix(2, 2)));
}
