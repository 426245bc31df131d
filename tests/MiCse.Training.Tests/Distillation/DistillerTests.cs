using MiCse.Files;
using MiCse.Initialization;
using MiCse.ModelFolders;
using MiCse.Training.Batches;
using MiCse.Training.Contrastive;
using MiCse.Training.Distillation;
using MiCse.Training.Model;
using MiCse.Vectors;

namespace MiCse.Training.Tests.Distillation;

public sealed class DistillerTests : IDisposable
{
    private readonly TinyDistillation _tiny = new();

    public void Dispose() => _tiny.Dispose();

    public static TheoryData<double, double, double, double> Losses => new()
    {
        { 1, 0, 0, 0 }, { 0, 1, 0, 0 }, { 0, 0, 1, 0 }, { 0, 0, 0, 1 }, { 1, 0, 0, 1 },
    };

    [Theory]
    [MemberData(nameof(Losses))]
    public void Every_loss_falls(double cosine, double l2, double contrastive, double similarity)
    {
        var options = TinyDistillation.Options with
        {
            CosineWeight = cosine, L2Weight = l2, ContrastiveWeight = contrastive, SimilarityWeight = similarity,
            Steps = 120, EvaluateEvery = 1, LearningRate = 3e-3, HeldOut = 6, SaveEvery = 1000,
        };
        var losses = new List<double>();

        var result = _tiny.Distill("out", options, progress: step => losses.Add(step.Loss));

        Assert.Equal(40, result.Texts);
        Assert.True(losses.TakeLast(10).Average() < losses.Take(10).Average(), string.Join(' ', losses));
        if (cosine + l2 > 0)
        {
            Assert.True(result.Scores[^1].HeldOutCosine > result.Scores[0].HeldOutCosine + 0.02, $"{result.Scores[0].HeldOutCosine} {result.Scores[^1].HeldOutCosine}");
        }
    }

    [Fact]
    public void Two_views_bring_InfoNCE_and_attention_in()
    {
        var options = TinyDistillation.Options with { InfoNceWeight = 0.5, Lambda = 0.5 };
        var plain = _tiny.Distill("plain", TinyDistillation.Options with { HiddenDropout = 0.1, AttentionDropout = 0.1 });
        var both = _tiny.Distill("both", options);

        Assert.True(both.Loss > plain.Loss);
        Assert.NotEqual(_tiny.Weights("plain"), _tiny.Weights("both"));
        Assert.Contains("| HiddenDropout | 0.1 |", Card("both"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(6, false)]
    [InlineData(11, false)]
    [InlineData(6, true)]
    public void A_killed_distillation_resumes_to_the_same_bytes(int killedAt, bool views)
    {
        var options = TinyDistillation.Options with { InfoNceWeight = views ? 0.1 : 0 };
        var straight = _tiny.Distill("straight", options, evaluation: Score);

        Assert.Throws<InvalidTimeZoneException>(() => _tiny.Distill("resumed", options, evaluation: Score, progress: step => KillAt(killedAt, step)));
        var resumed = _tiny.Distill("resumed", options, evaluation: Score, resume: true);

        Assert.Equal(_tiny.Weights("straight"), _tiny.Weights("resumed"));
        Assert.Equal(straight.Scores, resumed.Scores);
        Assert.Equal((straight.Best, straight.Loss, straight.TeacherScore), (resumed.Best, resumed.Loss, resumed.TeacherScore));
        Assert.False(Directory.Exists(Path.Combine(_tiny.Folder("resumed"), "checkpoint")));
    }

    [Fact]
    public void A_distillation_that_was_stopped_in_the_teachers_part_goes_on()
    {
        _tiny.Distill("straight");
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        Assert.Throws<OperationCanceledException>(() => _tiny.Distill("resumed", cancellation: cancellation));
        Assert.False(Directory.Exists(_tiny.Folder("resumed"))); // Nothing was done yet.

        using var later = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => _tiny.Distill("resumed", cancellation: later, evaluation: (_, token) =>
        {
            later.Cancel();
            token.ThrowIfCancellationRequested();
            return 0;
        }));
        Assert.Equal(["teacher.json", "teacher.npy"], Directory.GetFiles(Path.Combine(_tiny.Folder("resumed"), "checkpoint")).Select(Path.GetFileName).Order());
        _tiny.Distill("resumed", resume: true);

        Assert.Equal(_tiny.Weights("straight"), _tiny.Weights("resumed"));
    }

    [Fact]
    public void Nothing_to_resume_is_an_error()
    {
        Assert.Contains("there is no checkpoint to resume from", Assert.Throws<IOException>(() => _tiny.Distill("none", resume: true)).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_tiny.Folder("none")));
    }

    [Fact]
    public void Resuming_with_another_teacher_or_other_texts_is_refused()
    {
        Assert.Throws<InvalidTimeZoneException>(() => _tiny.Distill("out", progress: step => KillAt(6, step)));
        using var other = SentenceEncoder.Load(_tiny.Student.Path);

        Assert.Contains("another teacher", Assert.Throws<DataFormatException>(() => _tiny.Distill("out", teachers: [other], resume: true)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "other texts",
            Assert.Throws<DataFormatException>(() => _tiny.Distill("out", corpus: new SentenceCorpus("x.txt", [.. TinyDistillation.Corpus().Examples.Skip(1)]), resume: true)).Message,
            StringComparison.Ordinal);
        Assert.Contains("Queue 16, now 15", Assert.Throws<ModelFormatException>(() => _tiny.Distill("out", TinyDistillation.Options with { Queue = 15 }, resume: true)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_of_the_best_evaluation_are_kept()
    {
        var scores = new Queue<double>([0.1, 0.9, 0.3, 0.2]);
        var best = _tiny.Distill("best", evaluation: (_, _) => scores.Count > 0 && scores.Peek() < 1 && _teacherDone++ > 0 ? scores.Dequeue() : 0.95);
        var last = _tiny.Distill("last", TinyDistillation.Options with { Selection = CheckpointSelection.LabelFree });

        Assert.Equal((6, 0.9, 0.95), (best.Best!.Step, best.Best.Score!.Value, best.TeacherScore!.Value));
        Assert.Equal(last.Scores.MaxBy(score => score.HeldOutCosine), last.Best);
        Assert.NotEqual(_tiny.Weights("best"), _tiny.Weights("last"));
        Assert.Contains("the weights of step 6 of 12, the best by score", Card("best"), StringComparison.Ordinal);
    }

    [Fact]
    public void Several_teachers_give_the_mean_of_their_cosines()
    {
        using var second = SentenceEncoder.Load(_tiny.Student.Path);
        var teachers = new Teachers([_tiny.Teacher, second]);
        string[] texts = ["w5 w6 w7", "w9 w10", "w11"];
        var joined = teachers.Encode(texts, null, TestContext.Current.CancellationToken);

        Assert.Equal(
            (_tiny.Teacher.Similarity(texts[0], texts[1]) + second.Similarity(texts[0], texts[1])) / 2, Similarity.Cosine(joined[0], joined[1]), 1e-6);

        var result = _tiny.Distill("out", teachers: [_tiny.Teacher, second]); // 48 dimensions for a student of 24
        Assert.Equal(12, result.Steps);
        Assert.Equal(24, ModelFolder.Open(_tiny.Folder("out")).Config.HiddenSize);
    }

    [Fact]
    public void The_student_without_layers_learns_too()
    {
        var vocabulary = VocabularyPruning.Of(
            _tiny.Teacher.Tokenizer, TinyDistillation.Corpus().Examples.Select(example => example.First), cancellationToken: TestContext.Current.CancellationToken);
        ModelShrinking.WriteWithoutLayers(_tiny.Folder("words"), _tiny.Teacher.Folder, vocabulary, 20, null, 1, cancellationToken: TestContext.Current.CancellationToken);

        var result = _tiny.Distill(
            "out", TinyDistillation.Options with { Steps = 60, EvaluateEvery = 1, LearningRate = 3e-3 }, student: ModelFolder.Open(_tiny.Folder("words")));

        Assert.True(result.Scores[^1].HeldOutCosine > result.Scores[0].HeldOutCosine);
    }

    [Fact]
    public void The_folder_gives_the_embeddings_that_were_evaluated()
    {
        string[] texts = ["w5 w6 w7", "w9", "w100 w3 w50 w51"];
        float[] evaluated = [];
        _tiny.Distill("out", TinyDistillation.Options with { Selection = CheckpointSelection.Last }, evaluation: (encode, _) =>
        {
            evaluated = encode(texts).Values.ToArray();
            return 1;
        });

        using var encoder = SentenceEncoder.Load(_tiny.Folder("out"));
        Assert.All(
            evaluated.Zip(encoder.Encode(texts, cancellationToken: TestContext.Current.CancellationToken).Embeddings.Values.ToArray()),
            pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Fact]
    public void The_card_says_what_is_needed_to_distill_again()
    {
        _tiny.Distill("out");

        Assert.Contains("# Distilled sentence encoder", Card("out"), StringComparison.Ordinal);
        Assert.Contains("to give the embeddings of `base`, on 36 texts: 12 steps", Card("out"), StringComparison.Ordinal);
        Assert.Contains($"| TeacherFingerprint | {_tiny.Teacher.Fingerprint} |", Card("out"), StringComparison.Ordinal);
        Assert.Contains("| step | held-out cosine to the teacher |", Card("out"), StringComparison.Ordinal);
    }

    [Fact]
    public void Bfloat16_trains_too() => Assert.Equal(12, _tiny.Distill("out", TinyDistillation.Options with { Precision = Precision.BFloat16 }).Steps);

    [Fact]
    public void One_text_is_too_few() => Assert.Equal(
        "one.txt: has 1 different text: at least two are needed to train on.",
        Assert.Throws<DataFormatException>(() => _tiny.Distill(
            "out", TinyDistillation.Options with { HeldOut = 0 }, new SentenceCorpus("one.txt", [new("w5", "w5"), new("w5", "w5")]))).Message);

    private int _teacherDone;

    private string Card(string folder) => File.ReadAllText(Path.Combine(_tiny.Folder(folder), "README.md"));

    // Any exception that the distiller cannot know stands for a power cut.
    private static void KillAt(int stop, DistillationEvent step)
    {
        if (step.Step == stop)
        {
            throw new InvalidTimeZoneException();
        }
    }

    /// <summary>Depends on the weights: the mean of an embedding's values.</summary>
    private static double Score(Func<IReadOnlyList<string>, EmbeddingMatrix> encode, CancellationToken cancellationToken) =>
        encode(["w5 w6 w7", "w8 w9"]).Values.ToArray().Average(value => (double)value * value * value);
}
