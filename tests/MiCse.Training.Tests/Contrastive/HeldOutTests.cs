using MiCse.Models;
using MiCse.Training.Contrastive;

namespace MiCse.Training.Tests.Contrastive;

public sealed class HeldOutTests : IDisposable
{
    private static readonly TrainingOptions Options = TinyTraining.Options with { HeldOut = 10, EvaluateEvery = 4, Threads = 1 };

    private readonly TinyTraining _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Fact]
    public void Figures_are_those_of_the_formulas()
    {
        // Without dropout and head both views are the embedding itself.
        var options = Options with { HiddenDropout = 0, AttentionDropout = 0, Pooling = Pooling.Mean, Temperature = 0.5 };
        string[] texts = [.. ContrastiveSetup.HoldOut(TinyTraining.Corpus(), options).HeldOut.Select(example => example.First)];
        float[][] embeddings = [];

        var result = _tiny.Train("out", options, evaluation: (encode, _) =>
        {
            var encoded = encode(texts);
            embeddings = [.. Enumerable.Range(0, texts.Length).Select(row => encoded[row].ToArray())];
            return 0;
        });

        var measures = result.Scores[^1].HeldOut!;
        Assert.Equal(0, measures.Alignment, 1e-6);
        Assert.Equal(Uniformity(embeddings), measures.Uniformity, 1e-4);
        Assert.Equal(ContrastiveLoss(embeddings, 0.5), measures.ContrastiveLoss, 1e-4);
        Assert.True(measures.AttentionMutualInformation > 1, "Equal views share all information.");
        Assert.Equal(measures.ContrastiveLoss - (0.5 * measures.AttentionMutualInformation!.Value), measures.Loss, 10);
    }

    [Fact]
    public void Dropout_moves_the_views_apart()
    {
        var little = _tiny.Train("little", Options with { HiddenDropout = 0.01, AttentionDropout = 0.01, Steps = 1 }).Scores[0].HeldOut!;
        var much = _tiny.Train("much", Options with { HiddenDropout = 0.3, AttentionDropout = 0.3, Steps = 1 }).Scores[0].HeldOut!;

        Assert.True(0 < little.Alignment && 2 * little.Alignment < much.Alignment, $"{little} {much}");
        Assert.True(little.ContrastiveLoss < much.ContrastiveLoss, $"{little} {much}");
        Assert.True(little.AttentionMutualInformation > much.AttentionMutualInformation, $"{little} {much}");
    }

    [Fact]
    public void Measuring_often_changes_neither_the_weights_nor_the_figures()
    {
        var often = _tiny.Train("often", Options with { EvaluateEvery = 1 });
        var once = _tiny.Train("once", Options with { EvaluateEvery = 100 });

        Assert.Equal(12, often.Scores.Count);
        Assert.Equal(once.Scores.Single(), often.Scores[^1]);
        Assert.Equal(_tiny.Weights("once"), _tiny.Weights("often"));
    }

    [Fact]
    public void The_control_arm_is_measured_alike_and_minimises_infonce_alone() =>
        Assert.All(_tiny.Train("out", Options with { Method = TrainingMethod.SimCse, Alpha = 2 }).Scores, score =>
        {
            Assert.True(score.HeldOut!.AttentionMutualInformation > 0);
            Assert.Equal(2 * score.HeldOut.ContrastiveLoss, score.HeldOut.Loss);
        });

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Pairs_and_hard_negatives_are_measured(int columns)
    {
        var sentences = _tiny.Train("one", Options with { Steps = 1 }).Scores[0].HeldOut!;
        var pairs = _tiny.Train("pairs", Options with { Steps = 1 }, TinyTraining.Corpus(columns)).Scores[0].HeldOut!;

        Assert.True(sentences.Alignment < pairs.Alignment); // Drawn at random, they mean different things.
        Assert.True(sentences.ContrastiveLoss < pairs.ContrastiveLoss);
    }

    [Fact]
    public void Nothing_is_measured_when_nothing_is_held_out()
    {
        var events = new List<TrainingEvent>();

        var result = _tiny.Train("out", Options with { HeldOut = 0 }, progress: events.Add);

        Assert.Empty(result.Scores);
        Assert.All(events, step => Assert.Null(step.HeldOut));
    }

    private static double Uniformity(float[][] embeddings)
    {
        var potentials = from i in Enumerable.Range(0, embeddings.Length)
                         from j in Enumerable.Range(0, embeddings.Length)
                         where i != j
                         select Math.Exp(-2 * (2 - 2 * Cosine(embeddings[i], embeddings[j])));
        return Math.Log(potentials.Average());
    }

    private static double ContrastiveLoss(float[][] embeddings, double temperature) =>
        embeddings.Average(own => Math.Log(embeddings.Sum(other => Math.Exp(Cosine(own, other) / temperature))) - 1 / temperature);

    private static double Cosine(float[] a, float[] b) =>
        a.Zip(b, (x, y) => (double)x * y).Sum() / Math.Sqrt(a.Sum(x => (double)x * x) * b.Sum(y => (double)y * y));
}
