using System.CommandLine;
using System.CommandLine.Completions;

namespace MiCse.Cli.Options;

/// <summary>An option that takes one of a few words.</summary>
/// <typeparam name="T">What the words mean.</typeparam>
internal sealed class Choice<T>(params IReadOnlyList<(string Word, T Value)> choices)
    where T : struct
{
    // "What the score is; one of cosine, dot (default: cosine)."
    private string WithWords(string description)
    {
        var end = description.LastIndexOf(" (default: ", StringComparison.Ordinal);
        return end < 0 ? $"{description.TrimEnd('.')}; one of {Words}." : $"{description[..end]}; one of {Words}{description[end..]}";
    }

    private string Words => string.Join(", ", choices.Select(choice => choice.Word));

    /// <summary>The option; its value is null when it is not given.</summary>
    /// <param name="name">The option, with its dashes.</param>
    /// <param name="description">Its line on the help page; the words are added, before the default.</param>
    /// <param name="aliases">Older spellings.</param>
    public Option<T?> ToOption(string name, string description, params string[] aliases)
    {
        var option = Create(name, description, aliases);
        option.CompletionSources.Clear(); // the names of an enumeration's members, which are not the words
        option.CompletionSources.Add(_ => choices.Select(choice => new CompletionItem(choice.Word)));
        return option;
    }

    private Option<T?> Create(string name, string description, string[] aliases) => new(name, aliases)
    {
        Description = WithWords(description),
        HelpName = name.Split('-')[^1].ToUpperInvariant(),
        CustomParser = result =>
        {
            var word = result.Tokens[0].Value;
            foreach (var choice in choices)
            {
                if (choice.Word == word)
                {
                    return choice.Value;
                }
            }

            result.AddError($"{name}: '{word}' is not one of {Words}.");
            return null;
        },
    };
}
