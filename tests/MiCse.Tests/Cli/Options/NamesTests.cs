namespace MiCse.Tests.Cli.Options;

/// <summary>One name for one thing, one style of help.</summary>
public class NamesTests
{
    public static TheoryData<string> Commands() =>
    [
        "demo", "similarity", "encode", "index", "index add", "index remove", "index compact", "search", "pairs", "cluster", "map", "explain", "tokenize", "evaluate", "init",
        "grow", "pretrain", "train", "lowshot", "export", "verify", "info", "download", "models", "split", "sentences", "vocabulary", "completion",
    ];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Every_short_option_has_a_long_one_and_every_default_one_style(string command)
    {
        var help = CommandRun.Of([.. command.Split(' '), "--help"]).Output;

        Assert.DoesNotMatch(@"\[default|\[required|default is|\(default=", help);
        Assert.DoesNotMatch(@"(?m)^  -\w(?!, --)", help);
        Assert.All(help.Split('\n'), line => Assert.True(line.Length <= 130, line));
    }

    /// <summary>Spellings that the contract of the command line names stay.</summary>
    [Theory]
    [InlineData("cluster", "--k", "--clusters")]
    [InlineData("map", "--k", "--clusters")]
    [InlineData("search", "-k", "--top")]
    [InlineData("split", "--sizes", "--shots")]
    [InlineData("train", "--layers", "--attention-layers")]
    [InlineData("train", "--eval-task", "--tasks")]
    [InlineData("pretrain", "--eval-task", "--tasks")]
    [InlineData("lowshot", "--layers", "--attention-layers")]
    [InlineData("evaluate", "--data", "--eval-data")]
    [InlineData("index", "--precision", "--index-precision")]
    [InlineData("export", "--precision", "--weights-precision")]
    [InlineData("export", "--format", "--to")]
    public void Older_spellings_are_taken_and_the_help_has_one(string command, string older, string name)
    {
        // A value is missing in both cases; a spelling that there is not would be told so.
        var (first, second) = (CommandRun.Of(command, older), CommandRun.Of(command, name));

        Assert.Equal((2, 2), (first.ExitCode, second.ExitCode));
        Assert.DoesNotContain("is not an option", first.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("is not an option", second.Error, StringComparison.Ordinal);
        var help = CommandRun.Of(command, "--help").Output;
        Assert.Matches($@"(?m)^  (-\w, )?{name} ", help);
        Assert.DoesNotMatch($@"(?m)^  (-\w, )?{older}\b(?!, {name})", help);
    }
}
