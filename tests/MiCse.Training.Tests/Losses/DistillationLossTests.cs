using MiCse.Training.Losses;
using MiCse.Training.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace MiCse.Training.Tests.Losses;

public class DistillationLossTests
{
    private const double Temperature = 0.2;
    private const double TeacherTemperature = 0.1;

    static DistillationLossTests() => LibTorch.Load();

    [Fact]
    public void Terms_are_those_of_their_formulas()
    {
        using var scope = NewDisposeScope();
        var (student, teacher, queue) = (Rows(1, 3), Rows(2, 3), Rows(3, 7));
        var (s, t, q) = (Unit(student), Unit(teacher), Unit(queue));
        var same = new bool[3, 7];
        same[1, 4] = true;

        TensorAssert.Near(s.Zip(t).Average(pair => 1 - Dot(pair.First, pair.Second)), DistillationLoss.Cosine(DistillationLoss.Unit(student), DistillationLoss.Unit(teacher)).ToDouble(), 1e-12);
        TensorAssert.Near(
            Plain(student).Zip(Plain(teacher)).Average(pair => pair.First.Zip(pair.Second, (a, b) => (a - b) * (a - b)).Sum()),
            DistillationLoss.L2(student, teacher).ToDouble(),
            1e-12);
        var contrastive = Enumerable.Range(0, 3).Average(row =>
        {
            var own = Dot(s[row], t[row]) / Temperature;
            var others = Enumerable.Range(0, 7).Where(column => !same[row, column]).Select(column => Dot(s[row], q[column]) / Temperature);
            return Math.Log(others.Append(own).Sum(Math.Exp)) - own;
        });
        TensorAssert.Near(
            contrastive,
            DistillationLoss.Contrastive(DistillationLoss.Unit(student), DistillationLoss.Unit(teacher), DistillationLoss.Unit(queue), tensor(same), Temperature).ToDouble(),
            1e-12);
        var divergence = Enumerable.Range(0, 3).Average(row =>
        {
            var wanted = Softmax(q.Select(other => Dot(t[row], other) / TeacherTemperature));
            var found = Softmax(q.Select(other => Dot(s[row], other) / Temperature));
            return wanted.Zip(found, (p, f) => p * Math.Log(p / f)).Sum();
        });
        TensorAssert.Near(
            divergence,
            DistillationLoss.Similarity(DistillationLoss.Unit(student), DistillationLoss.Unit(teacher), DistillationLoss.Unit(queue), Temperature, TeacherTemperature).ToDouble(),
            1e-10);
    }

    [Fact]
    public void Gradients_agree_with_differences()
    {
        using var scope = NewDisposeScope();
        var (teacher, queue) = (DistillationLoss.Unit(Rows(2, 3)), DistillationLoss.Unit(Rows(3, 7)));
        using var same = zeros([3, 7], ScalarType.Bool);

        GradientCheck.Verify(student => DistillationLoss.Cosine(DistillationLoss.Unit(student), teacher), Rows(1, 3));
        GradientCheck.Verify(student => DistillationLoss.Contrastive(DistillationLoss.Unit(student), teacher, queue, same, Temperature), Rows(1, 3));
        GradientCheck.Verify(student => DistillationLoss.Similarity(DistillationLoss.Unit(student), teacher, queue, Temperature, TeacherTemperature), Rows(1, 3));
    }

    [Fact]
    public void A_student_that_gives_the_teachers_embeddings_has_nothing_to_learn()
    {
        using var scope = NewDisposeScope();
        var (teacher, queue) = (DistillationLoss.Unit(Rows(2, 4)), DistillationLoss.Unit(Rows(3, 9)));

        Assert.Equal(0, DistillationLoss.Cosine(teacher, teacher).ToDouble(), 1e-12);
        Assert.Equal(0, DistillationLoss.L2(teacher, teacher).ToDouble());
        Assert.Equal(0, DistillationLoss.Similarity(teacher, teacher, queue, Temperature, Temperature).ToDouble(), 1e-12);
    }

    private static Tensor Rows(long seed, int count)
    {
        using var generator = new Generator((ulong)seed);
        return randn([count, 5], ScalarType.Float64, generator: generator);
    }

    private static double[][] Plain(Tensor rows) => [.. Enumerable.Range(0, (int)rows.shape[0]).Select(row => rows[row].data<double>().ToArray())];

    private static double[][] Unit(Tensor rows) => [.. Plain(rows).Select(row => row.Select(value => value / Math.Sqrt(Dot(row, row))).ToArray())];

    private static double Dot(double[] left, double[] right) => left.Zip(right, (a, b) => a * b).Sum();

    private static double[] Softmax(IEnumerable<double> values)
    {
        double[] exponents = [.. values.Select(Math.Exp)];
        return [.. exponents.Select(value => value / exponents.Sum())];
    }
}
