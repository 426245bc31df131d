using System.CommandLine;
using System.CommandLine.Completions;

namespace MiCse.Cli.Options;

/// <summary>An option that takes one of a few words.</summary>
/// <typeparam name="T">What the words mean.</typeparam>
internal sealed class Choice<T>
    where T : struct
{
    // Two arrays and no pairs: code of the framework over pairs would be compiled at each start.
    private readonly string[] _words;
    private readonly T[] _values;

    public Choice(params (string Word, T Value)[] choices)
    {
        (_words, _values) = (new string[choices.Length], new T[choices.Length]);
        for (var index = 0; index < choices.Length; index++)
        {
            (_words[index], _values[index]) = choices[index];
        }
    }

    /// <summary>A choice of values that have words of their own.</summary>
    /// <param name="values">The values.</param>
    /// <param name="word">The word of each.</param>
    public Choice(T[] values, Func<T, string> word)
    {
        (_words, _values) = (new string[values.Length], values);
        for (var index = 0; index < _words.Length; index++)
        {
            _words[index] = word(_values[index]);
        }
    }

    // "What the score is; one of cosine, dot (default: cosine)."
    private string WithWords(string description)
    {
        var end = description.LastIndexOf(" (default: ", StringComparison.Ordinal);
        return end < 0 ? $"{description.TrimEnd('.')}; one of {Words}." : $"{description[..end]}; one of {Words}{description[end..]}";
    }

    private string Words => string.Join(", ", _words);

    /// <summary>The option; its value is null when it is not given.</summary>
    /// <param name="name">The option, with its dashes.</param>
    /// <param name="description">Its line on the help page; the words are added, before the default.</param>
    /// <param name="aliases">Older spellings.</param>
    public Option<T?> ToOption(string name, string description, params string[] aliases)
    {
        var option = Create(name, description, aliases);
        option.CompletionSources.Clear(); // the names of an enumeration's members, which are not the words
        option.CompletionSources.Add(_ => _words.Select(word => new CompletionItem(word)));
        return option;
    }

    private Option<T?> Create(string name, string description, string[] aliases) => new(name, aliases)
    {
        Description = WithWords(description),
        HelpName = name.Split('-')[^1].ToUpperInvariant(),
        CustomParser = result =>
        {
            var word = result.Tokens[0].Value;
            var index = Array.IndexOf(_words, word);
            if (index >= 0)
            {
                return _values[index];
            }

            result.AddError($"{name}: '{word}' is not one of {Words}.");
            return null;
        },
    };
}
