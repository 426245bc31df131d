using System.CommandLine;
using System.Globalization;
using System.Numerics;

namespace MiCse.Cli.Options;

/// <summary>Options that take a number in a range.</summary>
internal static class Number
{
    /// <summary>An option whose value is null when it is not given.</summary>
    /// <param name="name">The option, with its dashes.</param>
    /// <param name="description">Its line on the help page.</param>
    /// <param name="least">The smallest number allowed.</param>
    /// <param name="most">The largest number allowed, if there is one.</param>
    public static Option<T?> Optional<T>(string name, string description, T least, T? most = null)
        where T : struct, INumber<T> => new(name)
        {
            Description = description,
            HelpName = "N",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (T.TryParse(text, NumberStyles.Integer | NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                    && number >= least && !(number > most) && T.IsFinite(number))
                {
                    return number;
                }

                var kind = typeof(T) == typeof(double) ? "a number" : "a whole number";
                var range = most is null ? $"of at least {least}" : $"from {least} to {most}";
                result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name}: expected {kind} {range}, found '{text}'."));
                return null;
            },
        };

    /// <summary>An option with a default.</summary>
    public static Option<T?> WithDefault<T>(string name, string description, T least, Func<T> fallback, T? most = null)
        where T : struct, INumber<T>
    {
        var option = Optional(name, description, least, most);
        option.DefaultValueFactory = _ => fallback();
        return option;
    }
}
