using CsCheck;
using MiCse.Evaluation.Statistics;
using MiCse.Vectors;

namespace MiCse.Tests.Evaluation.Statistics;

public class CommonComponentsTests
{
    [Fact]
    public void One_direction_that_all_share_is_gone()
    {
        var embeddings = Of([10, 1, 0], [10, -1, 0], [10, 0, 0.5f], [10, 0, -0.5f]);

        CommonComponents.Remove(embeddings, 1);

        Close.Assert([0, 1, 0, 0, -1, 0, 0, 0, 0.5f, 0, 0, -0.5f], embeddings.Values.ToArray(), 1e-5);
    }

    [Fact]
    public void Of_several_directions_each_is_taken_out_by_its_share()
    {
        // Squared lengths along the axes: 2·9 and 2·1.
        var embeddings = Of([3, 0, 0], [-3, 0, 0], [0, 1, 0], [0, -1, 0]);

        CommonComponents.Remove(embeddings, 2);

        Close.Assert([0.3f, 0, 0, -0.3f, 0, 0, 0, 0.9f, 0, 0, -0.9f, 0], embeddings.Values.ToArray(), 1e-4);
    }

    [Fact]
    public void What_is_left_has_nothing_along_the_direction_and_is_never_longer() => Gen.Float[-1, 1].Array[6].Array[4, 20].Sample(rows =>
    {
        var before = Of(rows);
        var after = Of(rows);

        CommonComponents.Remove(after, 1);
        var again = new EmbeddingMatrix(after.Values.ToArray(), after.Count, after.Dimensions);

        Assert.True(Squares(after) <= Squares(before) + 1e-4);
        // The power iteration would find the removed direction first if anything of it were left.
        CommonComponents.Remove(again, 1);
        Assert.True(Squares(again) <= Squares(after) + 1e-4);
        Assert.True(Squares(before) - Squares(after) >= Squares(after) - Squares(again) - 1e-3);
    });

    [Fact]
    public void More_directions_than_dimensions_are_refused()
    {
        var problem = Assert.Throws<ArgumentException>(() => CommonComponents.Remove(Of([1, 2], [3, 4]), 3));

        Assert.StartsWith("3 common components cannot be removed from 2 embeddings of 2 dimensions", problem.Message, StringComparison.Ordinal);
    }

    private static double Squares(EmbeddingMatrix matrix) => matrix.Values.ToArray().Sum(value => (double)value * value);

    private static EmbeddingMatrix Of(params float[][] rows) => new([.. rows.SelectMany(row => row)], rows.Length, rows[0].Length);
}
