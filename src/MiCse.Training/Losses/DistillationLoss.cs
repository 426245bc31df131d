using static TorchSharp.torch;

namespace MiCse.Training.Losses;

/// <summary>
/// How far a student's embeddings s are from a teacher's embeddings t of the same texts. With ŝ, t̂ scaled to length 1, Q the rows that a text is compared with (teacher
/// embeddings of other texts) and temperatures τ of the student and τ' of the teacher:
/// <code>
/// cosine      = mean of 1 - ŝ·t̂
/// l2          = mean of ‖s - t‖²
/// contrastive = mean of -log softmax over [t̂ᵢ, Q] of (ŝᵢ·q / τ), taken at t̂ᵢ                        (contrastive knowledge distillation: InfoNCE to the teacher's vector)
/// similarity  = mean of KL( softmax over Q of (t̂ᵢ·q / τ')  ‖  softmax over Q of (ŝᵢ·q / τ) )           (ConGen, Limkonchotiwat et al., Findings of EMNLP 2022)
/// </code>
/// Pure functions of tensors.
/// </summary>
internal static class DistillationLoss
{
    private const double SmallestNorm = 1e-8;

    /// <summary>Rows scaled to length 1. [rows, dimensions]</summary>
    public static Tensor Unit(Tensor rows) => nn.functional.normalize(rows, eps: SmallestNorm);

    /// <summary>Mean of 1 - cosine; 0 to 2.</summary>
    /// <param name="student">[texts, dimensions], of length 1.</param>
    /// <param name="teacher">[texts, dimensions], of length 1.</param>
    public static Tensor Cosine(Tensor student, Tensor teacher) => 1 - (student * teacher).sum(1).mean();

    /// <summary>Mean of the squared distance.</summary>
    /// <param name="student">[texts, dimensions]</param>
    /// <param name="teacher">[texts, dimensions]</param>
    public static Tensor L2(Tensor student, Tensor teacher) => (student - teacher).square().sum(1).mean();

    /// <summary>InfoNCE: each student's vector is to be nearest to its teacher's vector among all others.</summary>
    /// <param name="student">[texts, dimensions], of length 1.</param>
    /// <param name="teacher">[texts, dimensions], of length 1.</param>
    /// <param name="compared">What they are to be told from, of length 1. [rows, dimensions]</param>
    /// <param name="same">True where a row is the text itself, and so no other. [texts, rows]</param>
    /// <param name="temperature">Divides the cosines.</param>
    public static Tensor Contrastive(Tensor student, Tensor teacher, Tensor compared, Tensor same, double temperature)
    {
        using var scope = NewDisposeScope();
        var own = (student * teacher).sum(1, keepdim: true) / temperature; // [texts, 1]
        var others = (student.matmul(compared.t()) / temperature).masked_fill(same, float.NegativeInfinity); // [texts, rows]
        return (cat([own, others], 1).logsumexp(1) - own.squeeze(1)).mean().MoveToOuterDisposeScope();
    }

    /// <summary>Kullback and Leibler's divergence of the student's distribution of similarities from the teacher's, in nats.</summary>
    /// <param name="student">[texts, dimensions], of length 1.</param>
    /// <param name="teacher">[texts, dimensions], of length 1.</param>
    /// <param name="compared">What both are compared with, of length 1. [rows, dimensions]</param>
    /// <param name="temperature">Divides the student's cosines.</param>
    /// <param name="teacherTemperature">Divides the teacher's cosines.</param>
    public static Tensor Similarity(Tensor student, Tensor teacher, Tensor compared, double temperature, double teacherTemperature)
    {
        using var scope = NewDisposeScope();
        var wanted = nn.functional.log_softmax(teacher.matmul(compared.t()) / teacherTemperature, 1); // [texts, rows]
        var found = nn.functional.log_softmax(student.matmul(compared.t()) / temperature, 1); // [texts, rows]
        return (wanted.exp() * (wanted - found)).sum(1).mean().MoveToOuterDisposeScope();
    }
}
