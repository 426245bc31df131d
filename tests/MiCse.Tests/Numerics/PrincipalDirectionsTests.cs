using MiCse.Numerics;
using MiCse.Vectors;

namespace MiCse.Tests.Numerics;

public class PrincipalDirectionsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Rows_of_a_plane_keep_their_distances_in_two_dimensions(int threads)
    {
        var numbers = new NormalNumbers(1, "test");
        var plane = new EmbeddingMatrix(2, 9);
        var rows = new EmbeddingMatrix(50, 9);
        Fill(plane, numbers, 1);
        for (var row = 0; row < rows.Count; row++)
        {
            var (first, second) = (numbers.Next(), numbers.Next());
            for (var column = 0; column < 9; column++)
            {
                rows[row][column] = (float)(3 + (first * plane[0][column]) + (second * plane[1][column]));
            }
        }

        var projected = PrincipalDirections.Project(rows, 2, 7, new ParallelOptions { MaxDegreeOfParallelism = threads });

        Assert.Equal((50, 2), (projected.Count, projected.Dimensions));
        for (var row = 1; row < rows.Count; row++)
        {
            Assert.Equal(Distance(rows, row), Distance(projected, row), 1e-4);
        }
    }

    [Fact]
    public void Threads_do_not_change_a_bit()
    {
        var rows = new EmbeddingMatrix(70, 12);
        Fill(rows, new NormalNumbers(2, "test"), 1);

        var one = PrincipalDirections.Project(rows, 5, 7, new ParallelOptions { MaxDegreeOfParallelism = 1 });
        var four = PrincipalDirections.Project(rows, 5, 7, new ParallelOptions { MaxDegreeOfParallelism = 4 });

        Assert.Equal(one.Values.ToArray(), four.Values.ToArray());
    }

    [Fact]
    public void More_directions_than_there_are_is_an_error() =>
        Assert.Throws<ArithmeticException>(() => PrincipalDirections.Project(new EmbeddingMatrix(5, 4), 2, 7, new ParallelOptions()));

    private static void Fill(EmbeddingMatrix matrix, NormalNumbers numbers, double scale)
    {
        foreach (ref var value in matrix.Values)
        {
            value = (float)(scale * numbers.Next());
        }
    }

    private static double Distance(EmbeddingMatrix matrix, int row) =>
        Math.Sqrt(Enumerable.Range(0, matrix.Dimensions).Sum(column => Math.Pow(matrix[row][column] - (double)matrix[0][column], 2)));
}
