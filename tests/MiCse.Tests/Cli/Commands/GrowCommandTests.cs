using MiCse.Tests.Data;

namespace MiCse.Tests.Cli.Commands;

public sealed class GrowCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _bag;

    public GrowCommandTests()
    {
        _bag = _folder.File("bag");
        var tokenizer = TinyModel.WriteTokenizer(_folder.File("tokenizer"));
        File.WriteAllLines(_folder.File("texts.txt"), Enumerable.Repeat("the dog and the winter of a long year", 20).Append("a dog is here in winter"));
        var run = CommandRun.Of(
            "init", "--tokenizer", tokenizer, "--layers", "0", "--hidden", "16", "--heads", "2", "--words-from", _folder.File("texts.txt"), "--output", _bag);
        Assert.Equal(0, run.ExitCode);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_bag_of_words_grows_layers_and_answers_as_before()
    {
        var grown = _folder.File("grown");

        var run = CommandRun.Of("grow", "--model", _bag, "--layers", "2", "--output", grown, "--json");

        Assert.Equal(0, run.ExitCode);
        var info = CommandRun.Of("info", "--model", grown, "--json").Json;
        Assert.Equal(2, info.GetProperty("layers").GetInt32());
        Assert.Equal(run.Json.GetProperty("parameters").GetInt64(), info.GetProperty("parameters").GetInt64());
        Assert.Equal(Score(_bag), Score(grown), 1e-4);
    }

    [Fact]
    public void Fewer_layers_are_refused()
    {
        Assert.Equal(0, CommandRun.Of("grow", "--model", _bag, "--layers", "2", "--output", _folder.File("grown")).ExitCode);

        var run = CommandRun.Of("grow", "--model", _folder.File("grown"), "--layers", "1", "--output", _folder.File("other"));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("has 2 layers already", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("other")));
    }

    [Fact]
    public void Texts_without_neighbours_give_no_word_vectors()
    {
        File.WriteAllText(_folder.File("empty.txt"), "dog\n\nwinter\n");

        var run = CommandRun.Of(
            "init", "--tokenizer", _folder.File("tokenizer"), "--layers", "0", "--hidden", "16", "--heads", "2", "--words-from", _folder.File("empty.txt"), "--output", _folder.File("none"));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("empty.txt: has no two words beside each other", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("none")));
    }

    [Fact]
    public void Too_few_different_words_give_no_word_vectors()
    {
        var run = CommandRun.Of(
            "init", "--tokenizer", _folder.File("tokenizer"), "--layers", "0", "--hidden", "64", "--heads", "2", "--words-from", _folder.File("texts.txt"), "--output", _folder.File("none"));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("texts.txt: has", run.ErrorLines[^1], StringComparison.Ordinal);
        Assert.EndsWith("take more text or a narrower model.", run.ErrorLines[^1], StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("none")));
    }

    [Fact]
    public void A_model_too_narrow_for_word_vectors_is_wrong_usage()
    {
        var run = CommandRun.Of(
            "init", "--tokenizer", _folder.File("tokenizer"), "--layers", "0", "--hidden", "12", "--heads", "2", "--words-from", _folder.File("texts.txt"), "--output", _folder.File("none"));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("A hidden size of 12 leaves no room for word vectors", run.Error, StringComparison.Ordinal);
    }

    private static double Score(string model) =>
        CommandRun.Of("similarity", "the dog", "a long winter", "--model", model, "--json").Json.GetProperty("scores")[0].GetProperty("score").GetDouble();
}
