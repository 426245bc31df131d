using MiCse.Tests.Data;

namespace MiCse.Tests.Examples;

/// <summary>The programs under examples/ do what they promise, as processes of their own.</summary>
public sealed class ExamplesTests
{
    [Fact]
    public async Task FaqSearch_finds_the_entry_for_other_words_and_says_when_there_is_none()
    {
        var lines = Lines(await Run("FaqSearch", "I cannot remember my password", "How many days until the delivery?", "Where is your store?", "xyzzy"));

        Assert.Equal("I forgot my password.", Entry(lines, 0));
        Assert.Equal("How long does delivery take?", Entry(lines, 1));
        Assert.Equal("Do you have a shop in the city?", Entry(lines, 2));
        Assert.Contains("Choose \"Forgotten password\"", lines[2], StringComparison.Ordinal);
        Assert.EndsWith("a person should answer", lines[^1], StringComparison.Ordinal);

        static string Entry(string[] lines, int question) => lines[3 * question + 1][6..];
    }

    [Fact]
    public async Task TicketDeduplication_groups_what_says_the_same_and_nothing_else()
    {
        var lines = Lines(await Run("TicketDeduplication"));
        var groups = lines.SkipWhile(line => !line.StartsWith("Groups", StringComparison.Ordinal)).Skip(1).SkipLast(1)
            .Aggregate(new List<SortedSet<string>>(), (found, line) =>
            {
                var number = line.AsSpan(line.IndexOf('#', StringComparison.Ordinal), 4).ToString();
                if (line.Contains("= #", StringComparison.Ordinal))
                {
                    found[^1].Add(number);
                }
                else
                {
                    found.Add([number]);
                }

                return found;
            }).Select(group => string.Join(" ", group)).ToHashSet();

        string[] truth = ["#101 #106 #114", "#102 #111", "#103 #108 #119", "#104 #110 #123", "#105 #112 #117", "#116 #120"];
        Assert.Equal(truth, groups.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task PlainApp_searches_with_filters_and_finds_its_recipes_again()
    {
        using var folder = new TemporaryFolder();

        var first = await Run("PlainApp", folder.File("store"));
        var second = await Run("PlainApp", folder.File("store"));

        Assert.Contains("micse-small-en makes vectors of 384 numbers", first, StringComparison.Ordinal);
        Assert.Contains("Minestrone, 60 minutes", first, StringComparison.Ordinal);
        var quick = Lines(first).SkipWhile(line => !line.Contains("Minutes <= 45", StringComparison.Ordinal)).Skip(1).Take(2).ToArray();
        Assert.EndsWith("Pumpkin soup, 40 minutes", quick[0], StringComparison.Ordinal);
        Assert.DoesNotContain("Minestrone", quick[1], StringComparison.Ordinal);
        Assert.DoesNotContain("from the last time", first, StringComparison.Ordinal);
        Assert.Contains("from the last time", second, StringComparison.Ordinal);
        // The searches print the same, from the disk.
        Assert.Equal(Lines(first)[^12..], Lines(second)[^12..]);
    }

    private static string[] Lines(string output) => output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static async Task<string> Run(string name, params string[] arguments)
    {
        var run = await ChildProcess.RunAsync(name, null, [], arguments);
        Assert.True(run.ExitCode == 0, $"{name} ended with {run.ExitCode}: {run.Error}");
        return run.Output;
    }
}
