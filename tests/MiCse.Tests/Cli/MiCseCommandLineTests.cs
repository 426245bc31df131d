using MiCse.Cli;

namespace MiCse.Tests.Cli;

public class MiCseCommandLineTests
{
    [Theory]
    [InlineData("no-such-command")]
    [InlineData("similarity", "only one text")]
    [InlineData("similarity", "a", "b", "--threads", "0")]
    [InlineData("similarity", "a", "b", "--threads", "two")]
    [InlineData("similarity", "a", "b", "--max-tokens", "1")]
    [InlineData("similarity", "a", "b", "--pooling", "maximum")]
    [InlineData("similarity", "a", "b", "--no-such-option")]
    [InlineData("info", "--model")]
    public void Wrong_usage_ends_with_2_and_says_where_the_help_is(params string[] arguments)
    {
        var run = CommandRun.Of(arguments);

        Assert.Equal(2, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains("--help", run.ErrorLines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Commands_are_made_by_their_own_names() =>
        Assert.All(MiCseCommandLine.CommandTable, entry => Assert.Equal(entry.Name, entry.Create().Name));

    [Theory]
    [InlineData("--verbose", "similarity", "the cat", "a dog", "--model", "missing")]
    [InlineData("similarity", "encode", "a dog", "--model", "missing")]
    public void The_command_is_found_wherever_it_stands(params string[] arguments)
    {
        var run = CommandRun.Of(arguments);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("missing", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_number_is_named_with_what_is_allowed()
    {
        var run = CommandRun.Of("similarity", "a", "b", "--threads", "two");

        Assert.Equal("micse similarity: --threads: expected a whole number of at least 1, found 'two'.", run.ErrorLines[0]);
    }

    [Fact]
    public void A_text_may_start_with_dashes_after_a_lone_double_dash() =>
        Assert.Equal(1, CommandRun.Of("similarity", "--model", "no-such-folder", "--", "--a", "--b").ExitCode);

    [Fact]
    public void A_text_may_start_with_an_at_sign_or_a_dash() =>
        Assert.Equal(1, CommandRun.Of("similarity", "@home", "-5 degrees", "--model", "no-such-folder").ExitCode);

    [Fact]
    public void No_command_shows_the_commands_on_the_error_stream()
    {
        var run = CommandRun.Of();

        Assert.Equal(2, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains("similarity", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("similarity", "(default: micse-small-en)")]
    [InlineData("encode", "(default: micse-small-en)")]
    [InlineData("evaluate", "(default: 1000)")]
    [InlineData("cluster", "(default: 0.75)")]
    [InlineData("tokenize", "(default: micse-small-en)")]
    [InlineData("init", "(default: 42)")]
    [InlineData("train", "(default: 0.00003)")]
    [InlineData("lowshot", "(default: 0.00001)")]
    [InlineData("info", "(default: micse-small-en)")]
    [InlineData("index", "(default: micse-small-en)")]
    [InlineData("search", "(default: 10)")]
    [InlineData("pairs", "(default: 0.8)")]
    [InlineData("split", "48..52")]
    [InlineData("sentences", "(default: 60)")]
    [InlineData("vocabulary", "(default: 1000)")]
    public void Help_goes_to_the_output_with_defaults_and_an_example(string command, string fallback)
    {
        var run = CommandRun.Of(command, "--help");

        Assert.Equal(0, run.ExitCode);
        Assert.Empty(run.Error);
        Assert.Contains(fallback, string.Join(' ', run.Output.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Assert.Contains("Example:\n", run.Output, StringComparison.Ordinal);
        Assert.Contains($"micse {command} ", run.Output[run.Output.IndexOf("Example:", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.All(run.Output.Split('\n'), line => Assert.True(line.Length <= 130, line));
    }

    [Fact]
    public void No_help_page_names_a_type() => Assert.All(
        MiCseCommandLine.CommandTable.Select(command => command.Name),
        command => Assert.DoesNotContain("System.", CommandRun.Of(command, "--help").Output, StringComparison.Ordinal));

    [Theory]
    [InlineData("no-such-folder", "there is no such model folder")]
    [InlineData("somebody/some-model", "HF_HUB_OFFLINE")]
    public void An_unknown_model_is_one_sentence(string model, string sentence)
    {
        var run = CommandRun.Of("similarity", "a", "b", "--model", model);

        Assert.Equal(1, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains(sentence, Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void The_stack_comes_with_verbose_only()
    {
        Assert.DoesNotContain("   at ", CommandRun.Of("info", "--model", "no-such-folder").Error, StringComparison.Ordinal);
        Assert.Contains("   at ", CommandRun.Of("info", "--model", "no-such-folder", "--verbose").Error, StringComparison.Ordinal);
    }
}
