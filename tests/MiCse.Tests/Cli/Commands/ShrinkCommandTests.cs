using MiCse.Tests.Data;

namespace MiCse.Tests.Cli.Commands;

public sealed class ShrinkCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SmallModel _model = new();
    private readonly string _texts;

    public ShrinkCommandTests()
    {
        _texts = _folder.File("texts.txt");
        File.WriteAllLines(_texts, ["the cat", "the dog sat", "on the mat."]);
    }

    public void Dispose()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    public void Texts_without_words_are_refused(string content)
    {
        File.WriteAllText(_texts, content);

        foreach (var more in new string[][] { [], ["--hidden", "14"] })
        {
            var run = Shrink(_folder.File("small"), ["--vocabulary-from", _texts, .. more]);

            Assert.Equal(2, run.ExitCode);
            Assert.StartsWith($"micse: --vocabulary-from: {_texts} holds no words, so nothing says which pieces to keep.", run.Error, StringComparison.Ordinal);
            Assert.False(Directory.Exists(_folder.File("small")));
        }
    }

    [Fact]
    public void Makes_a_model_of_some_layers_and_pieces()
    {
        var output = _folder.File("small");

        var run = Shrink(output, "--layers", "1", "--vocabulary-from", _texts, "--vocabulary-size", "63", "--max-tokens", "20", "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(63, run.Json.GetProperty("vocabulary").GetInt32());
        Assert.Equal([1], run.Json.GetProperty("layers").EnumerateArray().Select(layer => layer.GetInt32()));
        var info = CommandRun.Of("info", "--model", output, "--json").Json;
        Assert.Equal(run.Json.GetProperty("parameters").GetInt64(), info.GetProperty("parameters").GetInt64());
        Assert.Equal((1, 20), (info.GetProperty("layers").GetInt32(), info.GetProperty("maxTokens").GetInt32()));
        Assert.Equal(0, CommandRun.Of("similarity", "the dog", "a cow", "--model", output).ExitCode);
    }

    [Fact]
    public void Without_layers_it_is_a_table_of_words()
    {
        var output = _folder.File("small");

        var run = Shrink(output, "--hidden", "14", "--vocabulary-from", _texts);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains("none", run.Output, StringComparison.Ordinal);
        Assert.Equal(14, CommandRun.Of("info", "--model", output, "--json").Json.GetProperty("hidden").GetInt32());
    }

    [Fact]
    public void A_tokenizer_with_more_pieces_than_the_model_has_rows_is_refused()
    {
        var vocabulary = Path.Combine(_model.Path, "vocab.txt");
        var pieces = File.ReadAllLines(vocabulary);
        File.Delete(Path.Combine(_model.Path, "tokenizer.json"));
        File.AppendAllLines(vocabulary, ["cow"]);

        var run = Shrink(_folder.File("small"), "--vocabulary-from", _texts);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"the tokenizer has {pieces.Length + 1} ids, but the model has only {pieces.Length} rows of word embeddings", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("small")));
    }

    [Fact]
    public void Feed_forward_parts_are_narrower()
    {
        var output = _folder.File("small");

        var run = Shrink(output, "--intermediate", "5", "--vocabulary-from", _texts, "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(5, run.Json.GetProperty("intermediate").GetInt32());
        Assert.Equal(5, CommandRun.Of("info", "--model", output, "--json").Json.GetProperty("intermediate").GetInt32());
        Assert.Equal(0, CommandRun.Of("similarity", "the dog", "a cow", "--model", output).ExitCode);
    }

    [Fact]
    public void The_same_call_gives_the_same_bytes()
    {
        foreach (var name in new[] { "first", "second" })
        {
            Assert.Equal(0, Shrink(_folder.File(name), "--layers", "0", "--intermediate", "5", "--vocabulary-from", _texts).ExitCode);
        }

        Assert.All(Directory.GetFiles(_folder.File("first")), file =>
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(_folder.File("second"), Path.GetFileName(file)))));
    }

    [Theory]
    [InlineData("--layers", "2")]
    [InlineData("--layers", "1,0")]
    [InlineData("--layers", "one")]
    [InlineData("--vocabulary-size", "100")]
    [InlineData("--hidden", "14")]
    [InlineData("--hidden", "17", "--vocabulary-from", "TEXTS", "--layers", "1")]
    [InlineData("--hidden", "40", "--vocabulary-from", "TEXTS")]
    [InlineData("--vocabulary-from", "TEXTS", "--vocabulary-size", "4")]
    [InlineData("--intermediate", "5")]
    [InlineData("--intermediate", "5000", "--vocabulary-from", "TEXTS")]
    [InlineData("--intermediate", "5", "--vocabulary-from", "TEXTS", "--hidden", "14")]
    [InlineData("--max-tokens", "33")]
    public void What_cannot_be_made_is_wrong_usage_and_leaves_nothing(params string[] options)
    {
        var run = Shrink(_folder.File("small"), [.. options.Select(option => option == "TEXTS" ? _texts : option)]);

        Assert.Equal(2, run.ExitCode);
        Assert.NotEmpty(run.ErrorLines);
        Assert.False(Directory.Exists(_folder.File("small")));
    }

    [Fact]
    public void A_folder_with_files_in_it_is_left_alone()
    {
        var run = Shrink(_folder.Path, "--layers", "0");

        Assert.Equal(1, run.ExitCode);
        Assert.Single(run.ErrorLines);
        Assert.Equal(["texts.txt"], Directory.GetFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Cancelling_leaves_nothing()
    {
        var run = CommandRun.With(
            "", new CancellationToken(canceled: true), "shrink", "--model", _model.Path, "--vocabulary-from", _texts, "-o", _folder.File("small"));

        Assert.Equal(130, run.ExitCode);
        Assert.False(Directory.Exists(_folder.File("small")));
    }

    private CommandRun Shrink(string output, params string[] options) => CommandRun.Of(["shrink", "--model", _model.Path, "-o", output, .. options]);
}
