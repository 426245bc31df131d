using MiCse.Tests;
using MiCse.Training.Native;

namespace MiCse.Training.Tests.Cli.Commands;

public sealed class PretrainCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("micse-").FullName;
    private readonly string _fresh;
    private readonly string _sentences;

    public PretrainCommandTests()
    {
        _fresh = Path.Combine(_folder, "fresh");
        var tokenizer = TinyModel.WriteTokenizer(Path.Combine(_folder, "tokenizer"));
        var init = CommandRun.Of(
            "init", "--tokenizer", tokenizer, "--layers", "2", "--hidden", "16", "--heads", "2", "--max-positions", "32", "-o", _fresh);
        Assert.Equal(0, init.ExitCode);

        string[] subjects = ["the man", "the woman", "a dog", "it"];
        string[] predicates = ["plays the guitar", "sings", "is raining", "falls in winter", "plays music"];
        _sentences = Path.Combine(_folder, "sentences.txt");
        File.WriteAllLines(_sentences, subjects.SelectMany(subject => predicates.Select(predicate => $"{subject} {predicate}.")));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void From_a_fresh_model_to_one_that_train_starts_from()
    {
        var pretrained = Path.Combine(_folder, "pretrained");

        var run = Pretrain(pretrained, "--steps", "6", "--held-out", "4", "--eval-every", "3", "--whole-word", "--precision", "bf16", "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Error);
        Assert.Equal(
            ["steps", "tokens", "loss", "heldOutLoss", "heldOutPerplexity", "padding", "tokensPerSecond", "pooling", "evaluations"],
            run.Json.EnumerateObject().Select(property => property.Name));
        Assert.Equal(6, run.Json.GetProperty("steps").GetInt32());
        Assert.InRange(run.Json.GetProperty("tokens").GetInt32(), 6 * 20, 6 * 64);
        Assert.InRange(run.Json.GetProperty("padding").GetDouble(), 0, 0.2);
        Assert.Equal("mean", run.Json.GetProperty("pooling").GetString());
        Assert.Equal([3, 6], run.Json.GetProperty("evaluations").EnumerateArray().Select(score => score.GetProperty("step").GetInt32()));
        Assert.Equal(
            run.Json.GetProperty("heldOutLoss").GetDouble(),
            run.Json.GetProperty("evaluations")[1].GetProperty("heldOutLoss").GetDouble());

        Assert.Equal("mean", CommandRun.Of("info", "--model", pretrained, "--json").Json.GetProperty("pooling").GetString());
        var train = CommandRun.Of(
            "train", "--model", pretrained, "--data", _sentences, "--batch-size", "8", "--steps", "1", "--method", "simcse", "--mlm-weight", "0.1",
            "-o", Path.Combine(_folder, "trained"));
        Assert.Equal(0, train.ExitCode);
    }

    [Fact]
    public void With_auto_it_is_trained_in_the_arithmetic_that_the_processor_is_faster_in()
    {
        var (auto, single, half) = (Weights("auto"), Weights("fp32"), Weights("bf16"));

        Assert.NotEqual(single, half);
        Assert.Equal(BFloat16Instructions.Supported ? half : single, auto);

        byte[] Weights(string precision)
        {
            Assert.Equal(0, Pretrain(Path.Combine(_folder, precision), "--steps", "2", "--precision", precision).ExitCode);
            return File.ReadAllBytes(Path.Combine(_folder, precision, "model.safetensors"));
        }
    }

    [Fact]
    public void People_read_a_table()
    {
        var run = Pretrain(Path.Combine(_folder, "pretrained"), "--steps", "2", "--pooling", "cls-before-pooler", "--held-out", "2");

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("held-out perplexity", run.Output, StringComparison.Ordinal);
        Assert.Contains("cls-before-pooler", run.Output, StringComparison.Ordinal);
        Assert.Contains("padding", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void All_columns_of_texts_are_read_and_no_others()
    {
        var rows = Path.Combine(_folder, "rows.jsonl");
        File.WriteAllLines(rows, Enumerable.Range(0, 8).Select(number => $$"""{"id": {{number}}, "title": "the man sings", "body": "a dog plays", "label": "World"}"""));

        var run = CommandRun.Of("pretrain", "--model", _fresh, "--data", rows, "--steps", "1", "-o", Path.Combine(_folder, "pretrained"));

        Assert.Equal(0, run.ExitCode);
        Assert.Equal($"micse: {rows}: texts are taken from 'title', 'body'; left out: 'id', 'label'.", Assert.Single(run.ErrorLines));
    }

    [Fact]
    public async Task What_is_resumed_with_more_steps_has_a_longer_warm_up_too()
    {
        var output = Path.Combine(_folder, "pretrained");
        using var cancellation = new CancellationTokenSource();
        var watching = TrainCommandTests.CancelWhenThereIs(Path.Combine(output, "checkpoint"), cancellation);
        Assert.Equal(130, CommandRun.With("", cancellation.Token, Arguments(output, "--steps", "60", "--save-every", "1")).ExitCode);
        await watching;

        var run = Pretrain(output, "--steps", "80", "--resume", "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(80, run.Json.GetProperty("steps").GetInt32());
    }

    [Fact]
    public async Task What_is_interrupted_resumes_to_the_same_bytes()
    {
        var (whole, resumed) = (Path.Combine(_folder, "whole"), Path.Combine(_folder, "resumed"));
        Assert.Equal(0, Pretrain(whole, "--epochs", "60").ExitCode);
        using var cancellation = new CancellationTokenSource();
        var watching = TrainCommandTests.CancelWhenThereIs(Path.Combine(resumed, "checkpoint"), cancellation);
        Assert.Equal(130, CommandRun.With("", cancellation.Token, Arguments(resumed, "--epochs", "60", "--save-every", "1")).ExitCode);
        await watching;

        Assert.Equal(0, Pretrain(resumed, "--epochs", "60", "--resume").ExitCode);

        Assert.Equal(
            File.ReadAllBytes(Path.Combine(whole, "model.safetensors")), File.ReadAllBytes(Path.Combine(resumed, "model.safetensors")));
    }

    [Theory]
    [InlineData("--hidden-dropout", "1")]
    [InlineData("--batch-tokens", "0")]
    [InlineData("--pooling", "cls")]
    [InlineData("--precision", "int8")]
    [InlineData("--max-tokens", "64")]
    public void Options_that_cannot_be_used_are_wrong_usage_and_leave_nothing(params string[] options)
    {
        var run = Pretrain(Path.Combine(_folder, "pretrained"), options);

        Assert.Equal(2, run.ExitCode);
        Assert.NotEmpty(run.ErrorLines);
        Assert.False(Directory.Exists(Path.Combine(_folder, "pretrained")));
    }

    [Fact]
    public void More_held_out_than_there_is_is_one_sentence()
    {
        var run = Pretrain(Path.Combine(_folder, "pretrained"), "--held-out", "21");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("hold out fewer", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder, "pretrained")));
    }

    private CommandRun Pretrain(string output, params string[] options) => CommandRun.Of(Arguments(output, options));

    private string[] Arguments(string output, params string[] options) =>
        ["pretrain", "--model", _fresh, "--data", _sentences, "-o", output, "--threads", "1", .. options.Contains("--batch-tokens") ? [] : new[] { "--batch-tokens", "64" }, .. options];
}
