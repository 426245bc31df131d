using MiCse.Tests.Data;

namespace MiCse.Tests.Cli.Help;

public sealed class UsageErrorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public UsageErrorTests() => _model = TinyModel.Write(_folder.File("model"));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("micse: 'similarty' is not a command; did you mean `micse similarity`?", "similarty", "a", "b")]
    [InlineData("micse: 'similarty' is not a command; did you mean `micse similarity`?", "similarty", "--help")]
    [InlineData("micse: 'encod' is not a command; did you mean `micse encode`?", "--verbose", "encod")]
    [InlineData("micse: 'help' is not a command; did you mean `micse --help`?", "help")]
    [InlineData("micse: 'help' is not a command; did you mean `micse encode --help`?", "help", "encode")]
    [InlineData("micse: 'nosuch' is not a command; there are demo, similarity,", "nosuch", "--help")]
    [InlineData("micse: --hlep is not an option of this command; did you mean --help?", "--hlep")]
    [InlineData("micse index: 'ad' is not a file; did you mean `micse index add`?", "index", "ad", "some.index", "texts.txt")]
    [InlineData("micse similarity: --thread is not an option of this command; did you mean --threads? A text that", "similarity", "a", "b", "--thread", "3")]
    [InlineData("micse similarity: --thread is not an option of this command; did you mean --threads?", "similarity", "a", "b", "--thread=3")]
    [InlineData("micse similarity: --no-such is not an option of this command. A text that starts with --", "similarity", "a", "b", "--no-such")]
    [InlineData("micse cluster: -z is not an option of this command", "cluster", "-z")]
    [InlineData("micse train: --modle is not an option of this command; did you mean --model?", "train", "--modle", "x", "--data", "y", "-o", "z")]
    public void What_was_meant_is_suggested(string sentence, params string[] arguments)
    {
        var run = CommandRun.Of(arguments);

        Assert.Equal(2, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.StartsWith(sentence, run.ErrorLines[0], StringComparison.Ordinal);
        Assert.Equal(2, run.ErrorLines.Count);
    }

    [Fact]
    public void Help_of_a_command_needs_nothing_else() => Assert.Equal(0, CommandRun.Of("index", "add", "--help").ExitCode);

    /// <summary>Whoever gives a value that cannot be reads the name of its option, and the exit code of wrong usage.</summary>
    [Theory]
    [InlineData("--max-tokens", "encode", "TEXTS", "--model", "MODEL", "--max-tokens", "2")]
    [InlineData("--max-tokens", "encode", "TEXTS", "--model", "MODEL", "--max-tokens", "99999")]
    [InlineData("--max-tokens", "similarity", "a", "b", "--model", "MODEL", "--max-tokens", "99999")]
    [InlineData("--max-tokens", "index", "TEXTS", "-o", "NEW", "--model", "MODEL", "--max-tokens", "99999")]
    [InlineData("--max-tokens", "verify", "--model", "MODEL", "--max-tokens", "99999")]
    [InlineData("--max-tokens", "train", "--data", "TEXTS", "-o", "NEW", "--model", "MODEL", "--max-tokens", "99999")]
    [InlineData("--max-tokens", "pretrain", "--data", "TEXTS", "-o", "NEW", "--model", "MODEL", "--max-tokens", "99999")]
    [InlineData("--layers", "train", "--data", "TEXTS", "-o", "NEW", "--model", "MODEL", "--layers", "2..40")]
    [InlineData("--layers", "grow", "-o", "NEW", "--model", "MODEL", "--layers", "1")]
    [InlineData("--temperature", "train", "--data", "TEXTS", "-o", "NEW", "--model", "MODEL", "--temperature", "0")]
    [InlineData("--hidden-dropout", "train", "--data", "TEXTS", "-o", "NEW", "--model", "MODEL", "--hidden-dropout", "1")]
    [InlineData("--held-out", "train", "--data", "TEXTS", "-o", "NEW", "--model", "MODEL", "--held-out", "1")]
    [InlineData("--learning-rate", "pretrain", "--data", "TEXTS", "-o", "NEW", "--model", "MODEL", "--learning-rate", "0")]
    [InlineData("--min-score", "search", "INDEX", "a", "--min-score", "5")]
    [InlineData("--min-score", "search", "INDEX", "a", "--min-score", "x")]
    [InlineData("--min-score", "pairs", "TEXTS", "--model", "MODEL", "--min-score", "1.1")]
    [InlineData("--min-score", "cluster", "TEXTS", "--model", "MODEL", "--min-score", "-2")]
    [InlineData("--min-distance", "map", "TEXTS", "--model", "MODEL", "-o", "NEW.html", "--min-distance", "1.5")]
    [InlineData("--tasks", "evaluate", "--data", ".", "--tasks", "STS99")]
    [InlineData("--tasks", "evaluate", "--data", ".", "--tasks", ",")]
    [InlineData("--eval-task", "train", "--data", "TEXTS", "-o", "NEW", "--model", "MODEL", "--eval-data", ".", "--eval-task", "STS99")]
    [InlineData("--methods", "lowshot", "--data", "TEXTS", "-o", "NEW", "--model", "MODEL", "--eval-data", ".", "--methods", "simcse", "--lambda", "1")]
    [InlineData("--max-words", "sentences", "TEXTS", "-o", "NEW.txt", "--min-words", "9", "--max-words", "3")]
    [InlineData("--column", "encode", "TEXTS", "--model", "MODEL", "--no-header", "--column", "text")]
    [InlineData("--column", "train", "--data", "TEXTS", "-o", "NEW", "--model", "MODEL", "--no-header", "--column", "text")]
    [InlineData("--label-column", "cluster", "TEXTS", "--model", "MODEL", "--no-header", "--column", "1", "--label-column", "0")]
    [InlineData("--hidden", "init", "--tokenizer", "MODEL", "--layers", "0", "--hidden", "8", "--heads", "1", "--words-from", "TEXTS", "-o", "NEW")]
    [InlineData("--revision", "download", "org/name", "--revision", "../x")]
    [InlineData("ID", "download", "not an id")]
    [InlineData("--data", "train", "--data", "hf://org/file.txt", "-o", "NEW", "--model", "MODEL")]
    [InlineData("--output", "encode", "TEXTS", "--model", "MODEL", "-o", "NEW.xml")]
    [InlineData("--output", "cluster", "TEXTS", "--model", "MODEL", "-o", "NEW.xlsx")]
    [InlineData("--output", "map", "TEXTS", "--model", "MODEL", "-o", "NEW")]
    [InlineData("--output", "explain", "a", "b", "--model", "MODEL", "-o", "NEW.pdf")]
    [InlineData("--output", "sentences", "TEXTS", "-o", "NEW.csv")]
    [InlineData("--output", "split", "TEXTS", "-o", "")]
    public void A_value_that_cannot_be_names_its_option(string option, params string[] arguments)
    {
        File.WriteAllText(_folder.File("texts.txt"), "the dog\nwinter\n");
        Assert.Equal(0, CommandRun.Of("index", _folder.File("texts.txt"), "--model", _model, "-o", _folder.File("index")).ExitCode);
        var before = Directory.GetFileSystemEntries(_folder.Path).Order().ToList();

        var run = CommandRun.Of([.. arguments.Select(argument => argument
            .Replace("TEXTS", _folder.File("texts.txt"), StringComparison.Ordinal)
            .Replace("MODEL", _model, StringComparison.Ordinal)
            .Replace("INDEX", _folder.File("index"), StringComparison.Ordinal)
            .Replace("NEW", _folder.File("new"), StringComparison.Ordinal))]);

        Assert.Equal(2, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains(option, run.ErrorLines[0], StringComparison.Ordinal);
        Assert.DoesNotContain("Parameter", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, Directory.GetFileSystemEntries(_folder.Path).Order());
    }
}
