using System.CommandLine;

namespace MiCse.Cli.Options;

/// <summary>An option that takes one of a few words.</summary>
/// <typeparam name="T">What the words mean.</typeparam>
internal sealed class Choice<T>(params IReadOnlyList<(string Word, T Value)> choices)
    where T : struct
{
    private string Words => string.Join(", ", choices.Select(choice => choice.Word));

    /// <summary>The option; its value is null when it is not given.</summary>
    /// <param name="name">The option, with its dashes.</param>
    /// <param name="description">Its line on the help page; the words are added.</param>
    public Option<T?> ToOption(string name, string description) => new(name)
    {
        Description = $"{description} One of {Words}.",
        HelpName = name.TrimStart('-').ToUpperInvariant(),
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
