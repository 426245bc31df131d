using MiCse.Numerics;
using MiCse.Training.Distillation;
using MiCse.Vectors;

namespace MiCse.Training.Tests.Distillation;

public class TeacherProjectionTests
{
    [Fact]
    public void Dot_products_stay_where_the_teacher_uses_no_more_directions()
    {
        var rows = Rows(60, width: 20, directions: 6);

        var projected = TeacherProjection.To(6, rows);

        Assert.Equal(6, projected.Dimensions);
        AssertSameCosines(rows, projected, 1e-5);
    }

    [Fact]
    public void The_main_directions_are_kept()
    {
        var rows = Rows(60, width: 20, directions: 20);
        for (var row = 0; row < rows.Count; row++)
        {
            for (var column = 4; column < 20; column++)
            {
                rows[row][column] *= 0.01f;
            }
        }

        AssertSameCosines(rows, TeacherProjection.To(4, rows), 0.05);
    }

    [Fact]
    public void A_wider_student_gets_zeros()
    {
        var rows = Rows(10, width: 5, directions: 5);

        var padded = TeacherProjection.To(8, rows);

        AssertSameCosines(rows, padded, 1e-12);
        Assert.All(Enumerable.Range(0, 10), row => Assert.Equal([.. rows[row], 0, 0, 0], padded[row].ToArray()));
    }

    [Fact]
    public void Nothing_changes_where_dimensions_agree()
    {
        var rows = Rows(3, width: 5, directions: 5);

        Assert.Same(rows, TeacherProjection.To(5, rows));
    }

    private static EmbeddingMatrix Rows(int count, int width, int directions)
    {
        var numbers = new NormalNumbers(1, "test");
        double[][] basis = [.. Enumerable.Range(0, directions).Select(direction => Enumerable.Range(0, width).Select(column => directions == width ? (column == direction ? 1.0 : 0) : numbers.Next()).ToArray())];
        var rows = new EmbeddingMatrix(count, width);
        for (var row = 0; row < count; row++)
        {
            foreach (var vector in basis)
            {
                var weight = numbers.Next();
                for (var column = 0; column < width; column++)
                {
                    rows[row][column] += (float)(weight * vector[column]);
                }
            }
        }

        return rows;
    }

    private static void AssertSameCosines(EmbeddingMatrix expected, EmbeddingMatrix actual, double tolerance)
    {
        for (var row = 1; row < expected.Count; row++)
        {
            Assert.Equal(Similarity.Cosine(expected[0], expected[row]), Similarity.Cosine(actual[0], actual[row]), tolerance);
        }
    }
}
