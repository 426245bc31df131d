using System.CommandLine;

namespace MiCse.Cli.Options;

/// <summary>Options that take several values with commas between them.</summary>
internal static class WordList
{
    /// <summary>An option whose value is null when it is not given.</summary>
    /// <param name="name">The option, with its dashes.</param>
    /// <param name="description">Its line on the help page.</param>
    /// <param name="helpName">What stands for the values there.</param>
    /// <param name="expected">What a value is, for the message about one that is none.</param>
    /// <param name="parse">A word → its value, or null when it is none.</param>
    public static Option<IReadOnlyList<T>?> Optional<T>(string name, string description, string helpName, string expected, Func<string, T?> parse)
        where T : struct => new(name)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = result =>
            {
                var values = new List<T>();
                foreach (var word in result.Tokens[0].Value.Split(',', StringSplitOptions.TrimEntries))
                {
                    if (parse(word) is not { } value)
                    {
                        result.AddError($"{name}: expected {expected}, or several with commas between them, found '{word}'.");
                        break;
                    }

                    values.Add(value);
                }

                return values;
            },
        };
}
