using System.Text.RegularExpressions;
using MiCse.Tests;

namespace MiCse.Training.Tests.Cli.Commands;

public sealed class TrainCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("micse-").FullName;
    private readonly string _fresh;
    private readonly string _sentences;

    public TrainCommandTests()
    {
        _fresh = Path.Combine(_folder, "fresh");
        var tokenizer = TinyModel.WriteTokenizer(Path.Combine(_folder, "tokenizer"));
        var init = CommandRun.Of(
            "init", "--tokenizer", tokenizer, "--layers", "4", "--hidden", "16", "--heads", "2", "--max-positions", "32", "-o", _fresh);
        Assert.Equal(0, init.ExitCode);

        string[] subjects = ["the man", "the woman", "a dog", "it"];
        string[] predicates = ["plays the guitar", "sings", "is raining", "falls in winter", "plays music"];
        _sentences = Path.Combine(_folder, "sentences.txt");
        File.WriteAllLines(_sentences, subjects.SelectMany(subject => predicates.Select(predicate => $"{subject} {predicate}.")));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void From_a_fresh_model_to_a_trained_one_that_is_evaluated_and_used()
    {
        var data = WriteBenchmark();
        var trained = Path.Combine(_folder, "trained");

        var train = Train(trained, "--steps", "6", "--eval-data", data, "--eval-every", "2", "--json");

        Assert.Equal(0, train.ExitCode);
        Assert.Empty(train.Error);
        Assert.Equal(
            ["steps", "loss", "contrastiveLoss", "attentionMutualInformation", "bestStep", "bestScore", "evaluations"],
            train.Json.EnumerateObject().Select(property => property.Name));
        Assert.Equal(6, train.Json.GetProperty("steps").GetInt32());
        Assert.InRange(train.Json.GetProperty("contrastiveLoss").GetDouble(), 0.01, 10);
        Assert.True(train.Json.GetProperty("attentionMutualInformation").GetDouble() > 0);
        Assert.Contains(train.Json.GetProperty("bestStep").GetInt32(), new[] { 2, 4, 6 });

        // The score that chose the weights is the one that the exported model gets.
        var evaluation = CommandRun.Of("evaluate", "--model", trained, "--data", data, "--split", "dev", "--tasks", "STS-B", "--json");
        Assert.Equal(
            train.Json.GetProperty("bestScore").GetDouble(), evaluation.Json.GetProperty("average").GetProperty("sts").GetDouble(), 5);

        var similarity = CommandRun.Of("similarity", "the dog", "the dog", "winter", "--model", trained, "--json");
        Assert.Equal(1, similarity.Json.GetProperty("scores")[0].GetProperty("score").GetDouble(), 5);

        var info = CommandRun.Of("info", "--model", trained, "--json");
        Assert.Equal("cls-before-pooler", info.Json.GetProperty("pooling").GetString());
    }

    [Fact]
    public void Several_files_are_one_training_set()
    {
        var lines = File.ReadAllLines(_sentences);
        File.WriteAllLines(Path.Combine(_folder, "part1.txt"), lines[..12]);
        File.WriteAllLines(Path.Combine(_folder, "part2.txt"), lines[12..]);
        string[] options = ["--batch-size", "8", "--layers", "2..4", "--epochs", "1", "--threads", "1", "--json"];

        var one = CommandRun.Of(["train", "--model", _fresh, "--data", _sentences, "-o", Path.Combine(_folder, "one"), .. options]);
        var two = CommandRun.Of(["train", "--model", _fresh, "--data", Path.Combine(_folder, "part1.txt"), Path.Combine(_folder, "part2.txt"), "-o", Path.Combine(_folder, "two"), .. options]);
        var pattern = CommandRun.Of(["train", "--model", _fresh, "--data", Path.Combine(_folder, "part?.txt"), "-o", Path.Combine(_folder, "three"), .. options]);

        Assert.Equal((0, ""), (two.ExitCode, two.Error));
        Assert.Equal(one.Output, two.Output);
        Assert.Equal(one.Output, pattern.Output);
    }

    [Theory]
    [InlineData("--freeze", "frozen")]
    [InlineData("--layers", "--layers: The layers 0..8")]
    [InlineData("--max-tokens", "--max-tokens is 4096, but ")]
    public void What_this_model_cannot_do_is_wrong_usage(string option, string sentence)
    {
        var value = option switch { "--freeze" => "no.such.weight", "--layers" => "0..8", _ => "4096" };

        var run = CommandRun.Of("train", "--model", _fresh, "--data", _sentences, "--batch-size", "8", "-o", Path.Combine(_folder, "trained"), option, value);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(sentence, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder, "trained")));
    }

    [Fact]
    public void Simcse_has_no_attention_mutual_information_and_no_evaluation_no_best_step()
    {
        var run = Train(Path.Combine(_folder, "trained"), "--method", "simcse", "--epochs", "1", "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(3, run.Json.GetProperty("steps").GetInt32()); // 20 sentences in batches of 8, 8 and 4
        Assert.Equal(System.Text.Json.JsonValueKind.Null, run.Json.GetProperty("attentionMutualInformation").ValueKind);
        Assert.Equal(System.Text.Json.JsonValueKind.Null, run.Json.GetProperty("bestStep").ValueKind);
    }

    [Fact]
    public void Weights_are_chosen_without_labels()
    {
        var trained = Path.Combine(_folder, "trained");

        var run = Train(trained, "--steps", "6", "--eval-every", "2", "--select", "label-free", "--held-out", "6", "--json");

        Assert.Equal(0, run.ExitCode);
        var evaluations = run.Json.GetProperty("evaluations").EnumerateArray().ToArray();
        Assert.Equal([2, 4, 6], evaluations.Select(evaluation => evaluation.GetProperty("step").GetInt32()));
        Assert.All(evaluations, evaluation => Assert.Equal(System.Text.Json.JsonValueKind.Null, evaluation.GetProperty("score").ValueKind));
        Assert.All(evaluations, evaluation => Assert.Equal(
            ["loss", "contrastiveLoss", "attentionMutualInformation", "alignment", "uniformity"],
            evaluation.GetProperty("heldOut").EnumerateObject().Select(property => property.Name)));
        Assert.Contains(run.Json.GetProperty("bestStep").GetInt32(), new[] { 2, 4, 6 });
        Assert.Contains("| step | held-out loss | held-out InfoNCE | held-out AMI | alignment | uniformity |", File.ReadAllText(Path.Combine(trained, "README.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void Selecting_by_score_without_an_evaluation_is_one_sentence()
    {
        var run = Train(Path.Combine(_folder, "trained"), "--select", "score");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--eval-data", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Pairs_come_from_named_columns()
    {
        var pairs = Path.Combine(_folder, "pairs.csv");
        File.WriteAllLines(pairs, ["id,first,second", .. Enumerable.Range(0, 8).Select(number => $"{number},the man sings,a dog plays {(char)('b' + number)}")]);

        var run = CommandRun.Of(
            "train", "--model", _fresh, "--data", pairs, "--column", "first", "--column", "second", "--batch-size", "8", "--steps", "1", "-o", Path.Combine(_folder, "trained"));

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("contrastive loss", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_are_left_out_with_a_note()
    {
        var pairs = Path.Combine(_folder, "pairs.csv");
        File.WriteAllLines(pairs, ["sentence1,sentence2,label", .. Enumerable.Range(0, 8).Select(number => $"the man sings {number},a dog plays {number},{number % 2}")]);
        var plain = Path.Combine(_folder, "plain.csv");
        File.WriteAllLines(plain, File.ReadLines(pairs).Select(line => line[..line.LastIndexOf(',')]));

        var (labelled, unlabelled) = (Path.Combine(_folder, "labelled"), Path.Combine(_folder, "unlabelled"));
        var run = TrainOn(pairs, labelled);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal($"micse: {pairs}: texts are taken from 'sentence1', 'sentence2'; left out: 'label'.", Assert.Single(run.ErrorLines));
        var other = TrainOn(plain, unlabelled);
        Assert.Equal((0, ""), (other.ExitCode, other.Error));
        Assert.Equal(Weights(unlabelled), Weights(labelled));
    }

    [Fact]
    public void Columns_that_may_be_anything_are_asked_for()
    {
        var news = Path.Combine(_folder, "news.csv");
        File.WriteAllLines(news, ["topic,title,description", .. Enumerable.Range(0, 8).Select(number => $"World,the man sings {number},a dog plays {number}")]);
        var trained = Path.Combine(_folder, "trained");

        var asked = TrainOn(news, trained);

        Assert.Equal(2, asked.ExitCode);
        Assert.Equal(
            $"micse: {news}: it is not clear which of the columns 'topic', 'title', 'description' hold the texts; name them with --sentence-column (and --pair-column, --negative-column), or --column.",
            asked.ErrorLines[0]);
        Assert.False(Directory.Exists(trained));

        Assert.Equal(0, TrainOn(news, trained, "--sentence-column", "title", "--pair-column", "description").ExitCode);
        var listed = Path.Combine(_folder, "listed");
        Assert.Equal(0, TrainOn(news, listed, "--column", "title", "--column", "description").ExitCode);
        Assert.Equal(Weights(listed), Weights(trained));
        Assert.Equal(0, TrainOn(news, Path.Combine(_folder, "negatives"), "--sentence-column", "title", "--negative-column", "description").ExitCode);
        Assert.Equal(0, TrainOn(news, Path.Combine(_folder, "numbered"), "--no-header").ExitCode);
    }

    [Theory]
    [InlineData("--pair-column needs --sentence-column", "--pair-column", "b")]
    [InlineData("--negative-column needs --sentence-column", "--negative-column", "b")]
    [InlineData("--column lists columns in the order", "--column", "a", "--sentence-column", "b")]
    [InlineData("--sentence-column: with --no-header a column is a number from 1, found 'a'", "--sentence-column", "a", "--no-header")]
    public void Columns_that_contradict_each_other_are_wrong_usage(string sentence, params string[] options)
    {
        var run = Train(Path.Combine(_folder, "trained"), options);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_first_examples_are_trained_on_and_the_gradient_is_clipped()
    {
        var first = Path.Combine(_folder, "first.txt");
        File.WriteAllLines(first, File.ReadLines(_sentences).Take(8));
        var (limited, whole, clipped) = (Path.Combine(_folder, "limited"), Path.Combine(_folder, "whole"), Path.Combine(_folder, "clipped"));

        Assert.Equal(0, TrainOn(_sentences, limited, "--limit", "8").ExitCode);
        Assert.Equal(0, TrainOn(first, whole).ExitCode);
        Assert.Equal(0, TrainOn(first, clipped, "--max-gradient-norm", "1e-6").ExitCode);

        Assert.Equal(Weights(whole), Weights(limited));
        Assert.NotEqual(Weights(whole), Weights(clipped));
        Assert.Contains("| MaxGradientNorm | 1E-06 |", File.ReadAllText(Path.Combine(clipped, "README.md")), StringComparison.Ordinal);
        Assert.Equal(2, TrainOn(first, Path.Combine(_folder, "none"), "--max-gradient-norm", "0").ExitCode);
    }

    [Fact]
    public void Resuming_where_nothing_is_refuses_and_leaves_nothing()
    {
        var run = Train(Path.Combine(_folder, "typo"), "--resume");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"{Path.Combine(_folder, "typo")}: there is no such folder: there is no checkpoint to resume from", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder, "typo")));
    }

    [Fact]
    public async Task Resumed_with_more_epochs_it_trains_to_the_new_end()
    {
        var output = Path.Combine(_folder, "trained");
        using var cancellation = new CancellationTokenSource();
        var watching = CancelWhenThereIs(Path.Combine(output, "checkpoint"), cancellation);
        Assert.Equal(130, CommandRun.With("", cancellation.Token, Arguments(output, "--epochs", "20", "--save-every", "1")).ExitCode);
        await watching;

        var run = Train(output, "--epochs", "21", "--resume", "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(63, run.Json.GetProperty("steps").GetInt32()); // 20 sentences in batches of 8, 8 and 4
        Assert.Matches("Started with 60 steps and resumed after step [0-9]+ with 63", File.ReadAllText(Path.Combine(output, "README.md")));
    }

    [Fact]
    public void More_slices_than_a_batch_has_examples_are_wrong_usage()
    {
        var run = Train(Path.Combine(_folder, "out"), "--steps", "1", "--slices", "9");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--slices is 9 and --batch-size is 8", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void Prompts_of_the_model_are_kept()
    {
        const string Prompts = """{"prompts":{"query":"query: "},"default_prompt_name":"query","similarity_fn_name":"dot"}""";
        File.WriteAllText(Path.Combine(_fresh, "config_sentence_transformers.json"), Prompts);
        var (pretrained, trained) = (Path.Combine(_folder, "pretrained"), Path.Combine(_folder, "trained"));

        Assert.Equal(0, CommandRun.Of("pretrain", "--model", _fresh, "--data", _sentences, "--steps", "1", "-o", pretrained).ExitCode);
        Assert.Equal(0, CommandRun.Of("train", "--model", pretrained, "--data", _sentences, "--steps", "1", "--batch-size", "8", "-o", trained).ExitCode);

        Assert.Equal(Prompts, System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(Path.Combine(trained, "config_sentence_transformers.json")))!.ToJsonString());
        Assert.Equal("query", CommandRun.Of("info", "--model", trained, "--json").Json.GetProperty("defaultPrompt").GetString());
    }

    [Fact]
    public async Task Cancelled_and_resumed_gives_the_bytes_of_an_uninterrupted_training()
    {
        const string Steps = "60";
        var (whole, resumed) = (Path.Combine(_folder, "whole"), Path.Combine(_folder, "resumed"));
        Assert.Equal(0, Train(whole, "--steps", Steps).ExitCode);

        using var cancellation = new CancellationTokenSource();
        var watching = CancelWhenThereIs(Path.Combine(resumed, "checkpoint"), cancellation);
        var cancelled = CommandRun.With("", cancellation.Token, Arguments(resumed, "--steps", Steps, "--save-every", "1"));
        await watching;
        Assert.Equal(130, cancelled.ExitCode);
        Assert.Matches($"^micse: cancelled; the checkpoint of step [0-9]+ is in {Regex.Escape(resumed)}, and the same command with --resume goes on from it\\.$", Assert.Single(cancelled.ErrorLines));
        Assert.False(File.Exists(Path.Combine(resumed, "config.json")));

        var refused = Train(resumed, "--steps", Steps);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(resumed, Assert.Single(refused.ErrorLines), StringComparison.Ordinal);

        Assert.Equal(0, Train(resumed, "--steps", Steps, "--resume").ExitCode);
        Assert.Equal(Weights(whole), Weights(resumed));
    }

    [Theory]
    [InlineData("--layers", "1..4")]
    [InlineData("--layers", "2..6")]
    [InlineData("--layers", "2-4")]
    [InlineData("--hidden-dropout", "1")]
    [InlineData("--temperature", "0")]
    [InlineData("--batch-size", "1")]
    [InlineData("--method", "other")]
    [InlineData("--pooling", "cls")]
    [InlineData("--eval-task", "STS99", "--eval-data", ".")]
    public void Options_that_cannot_be_used_are_wrong_usage_and_leave_nothing(params string[] options)
    {
        var run = Train(Path.Combine(_folder, "trained"), options);

        Assert.Equal(2, run.ExitCode);
        Assert.NotEmpty(run.ErrorLines);
        Assert.False(Directory.Exists(Path.Combine(_folder, "trained")));
    }

    [Fact]
    public void An_empty_file_is_one_sentence()
    {
        File.WriteAllText(_sentences, "");

        var run = Train(Path.Combine(_folder, "trained"));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("sentences.txt", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder, "trained")));
    }

    [Fact]
    public void A_batch_larger_than_the_data_is_one_sentence()
    {
        var run = CommandRun.Of("train", "--model", _fresh, "--data", _sentences, "--batch-size", "21", "-o", Path.Combine(_folder, "trained"));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("21", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder, "trained")));
    }

    [Fact]
    public void Evaluation_data_without_the_task_is_one_sentence_before_training()
    {
        var run = Train(Path.Combine(_folder, "trained"), "--eval-data", _folder);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("STSBenchmark", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    internal static async Task CancelWhenThereIs(string folder, CancellationTokenSource cancellation)
    {
        while (!Directory.Exists(folder))
        {
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }

        await cancellation.CancelAsync();
    }

    private static byte[] Weights(string model) => File.ReadAllBytes(Path.Combine(model, "model.safetensors"));

    private CommandRun TrainOn(string data, string output, params string[] options) =>
        CommandRun.Of(["train", "--model", _fresh, "--data", data, "-o", output, "--batch-size", "8", "--steps", "1", .. options]);

    private CommandRun Train(string output, params string[] options) => CommandRun.Of(Arguments(output, options));

    private string[] Arguments(string output, params string[] options) =>
        ["train", "--model", _fresh, "--data", _sentences, "-o", output, .. options.Contains("--batch-size") ? [] : new[] { "--batch-size", "8" }, .. options];

    private string WriteBenchmark()
    {
        var data = Path.Combine(_folder, "senteval");
        Directory.CreateDirectory(Path.Combine(data, "STS", "STSBenchmark"));
        string[] pairs =
        [
            "5.0\tthe dog plays\tthe dog plays", "3.5\tthe man sings\tthe woman sings", "2.5\tthe dog plays\tthe man plays",
            "1.0\tit is raining\tsnow falls", "0.0\tthe dog plays\tsnow falls in winter .",
        ];
        File.WriteAllText(
            Path.Combine(data, "STS", "STSBenchmark", "sts-dev.csv"), string.Concat(pairs.Select((pair, number) => $"main\tfile\t2012\t{number}\t{pair}\n")));
        return data;
    }
}
