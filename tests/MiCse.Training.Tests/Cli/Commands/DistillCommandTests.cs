using MiCse.Tests;

namespace MiCse.Training.Tests.Cli.Commands;

public sealed class DistillCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("micse-").FullName;
    private readonly string _teacher;
    private readonly string _texts;

    public DistillCommandTests()
    {
        _teacher = Path.Combine(_folder, "teacher");
        var tokenizer = TinyModel.WriteTokenizer(Path.Combine(_folder, "tokenizer"));
        var init = CommandRun.Of(
            "init", "--tokenizer", tokenizer, "--layers", "3", "--hidden", "16", "--heads", "2", "--max-positions", "32", "-o", _teacher);
        Assert.Equal(0, init.ExitCode);

        string[] subjects = ["the man", "the woman", "a dog", "it"];
        string[] predicates = ["plays the guitar", "sings", "is raining", "falls in winter", "plays music"];
        _texts = Path.Combine(_folder, "texts.txt");
        File.WriteAllLines(_texts, subjects.SelectMany(subject => predicates.Select(predicate => $"{subject} {predicate}.")));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void From_a_teacher_to_a_student_that_runs()
    {
        var (student, output) = (Path.Combine(_folder, "student"), Path.Combine(_folder, "distilled"));
        Assert.Equal(0, CommandRun.Of("shrink", "--model", _teacher, "--layers", "0", "--vocabulary-from", _texts, "-o", student).ExitCode);

        var run = Distill(output, "--model", student, "--steps", "6", "--eval-every", "3", "--held-out", "4", "--loss", "cosine:2,contrastive,similarity:0.5,l2:0", "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(
            ["steps", "loss", "cosine", "bestStep", "bestScore", "teacherScore", "texts", "tokensPerSecond", "evaluations"],
            run.Json.EnumerateObject().Select(property => property.Name));
        Assert.Equal((6, 20), (run.Json.GetProperty("steps").GetInt32(), run.Json.GetProperty("texts").GetInt32()));
        Assert.Equal([3, 6], run.Json.GetProperty("evaluations").EnumerateArray().Select(score => score.GetProperty("step").GetInt32()));
        Assert.Equal(0, CommandRun.Of("similarity", "the man sings", "a dog plays", "--model", output).ExitCode);
        var card = File.ReadAllText(Path.Combine(output, "README.md"));
        Assert.All(
            ["| CosineWeight | 2 |", "| ContrastiveWeight | 1 |", "| SimilarityWeight | 0.5 |", "| L2Weight | 0 |"],
            line => Assert.Contains(line, card, StringComparison.Ordinal));
    }

    [Fact]
    public void Without_a_student_half_of_the_teachers_layers_are_one()
    {
        var output = Path.Combine(_folder, "distilled");

        var run = Distill(output, "--steps", "2");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("cosine to the teacher", run.Output, StringComparison.Ordinal);
        Assert.Equal(2, CommandRun.Of("info", "--model", output, "--json").Json.GetProperty("layers").GetInt32());
    }

    [Fact]
    public async Task What_is_interrupted_resumes_to_the_same_bytes()
    {
        var (whole, resumed) = (Path.Combine(_folder, "whole"), Path.Combine(_folder, "resumed"));
        Assert.Equal(0, Distill(whole, "--steps", "60").ExitCode);
        using var cancellation = new CancellationTokenSource();
        var watching = TrainCommandTests.CancelWhenThereIs(Path.Combine(resumed, "checkpoint"), cancellation);
        Assert.Equal(130, CommandRun.With("", cancellation.Token, Arguments(resumed, "--steps", "60", "--save-every", "1")).ExitCode);
        await watching;

        Assert.Equal(0, Distill(resumed, "--steps", "60", "--resume").ExitCode);

        Assert.Equal(
            File.ReadAllBytes(Path.Combine(whole, "model.safetensors")), File.ReadAllBytes(Path.Combine(resumed, "model.safetensors")));
    }

    [Fact]
    public void The_teachers_embeddings_serve_another_distillation()
    {
        var cache = Path.Combine(_folder, "cache.npy");
        Assert.Equal(0, Distill(Path.Combine(_folder, "first"), "--steps", "2", "--cache", cache).ExitCode);
        Assert.True(File.Exists(cache));

        Assert.Equal(0, Distill(Path.Combine(_folder, "second"), "--steps", "2", "--cache", cache, "--seed", "7").ExitCode);
    }

    [Theory]
    [InlineData("--loss", "cosinus")]
    [InlineData("--loss", "cosine:-1")]
    [InlineData("--loss", "cosine:0")]
    [InlineData("--temperature", "0")]
    [InlineData("--queue", "1")]
    [InlineData("--select", "score")]
    [InlineData("--max-tokens", "64")]
    [InlineData("--cache", "teacher.bin")]
    [InlineData("--pooling", "cls")]
    public void Options_that_cannot_be_used_are_wrong_usage_and_leave_nothing(params string[] options)
    {
        var run = Distill(Path.Combine(_folder, "distilled"), options);

        Assert.Equal(2, run.ExitCode);
        Assert.NotEmpty(run.ErrorLines);
        Assert.False(Directory.Exists(Path.Combine(_folder, "distilled")));
    }

    [Fact]
    public void A_file_without_texts_is_one_sentence()
    {
        File.WriteAllText(_texts, "\n \n");

        var run = Distill(Path.Combine(_folder, "distilled"));

        Assert.Equal(1, run.ExitCode);
        Assert.Single(run.ErrorLines);
        Assert.False(Directory.Exists(Path.Combine(_folder, "distilled")));
    }

    private CommandRun Distill(string output, params string[] options) => CommandRun.Of(Arguments(output, options));

    private string[] Arguments(string output, params string[] options) =>
        ["distill", "--teacher", _teacher, "--data", _texts, "-o", output, "--threads", "1", "--batch-size", "8", .. options];
}
