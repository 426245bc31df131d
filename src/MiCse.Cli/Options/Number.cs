using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace MiCse.Cli.Options;

/// <summary>Options that take a number in a range.</summary>
internal static class Number
{
    /// <summary>An option whose value is null when it is not given.</summary>
    /// <param name="name">The option, with its dashes.</param>
    /// <param name="description">Its line on the help page.</param>
    /// <param name="range">The numbers allowed.</param>
    public static Option<T?> Optional<T>(string name, string description, NumberRange<T> range)
        where T : struct, INumber<T> =>
        new(name) { Description = description, HelpName = "N", CustomParser = result => Parse(result, name, range) };

    /// <inheritdoc cref="Optional{T}(string, string, NumberRange{T})"/>
    public static Option<T?> Optional<T>(string name, string description, T least)
        where T : struct, INumber<T> => Optional(name, description, new NumberRange<T>(least));

    /// <summary>An option with a default.</summary>
    /// <param name="name">The option, with its dashes.</param>
    /// <param name="description">Its line on the help page.</param>
    /// <param name="range">The numbers allowed.</param>
    /// <param name="fallback">The default; asked for only when the option is read or explained.</param>
    public static Option<T> WithDefault<T>(string name, string description, NumberRange<T> range, Func<T> fallback)
        where T : struct, INumber<T> =>
        new(name)
        {
            Description = description,
            HelpName = "N",
            CustomParser = result => Parse(result, name, range) ?? range.Least,
            DefaultValueFactory = _ => fallback(),
        };

    /// <inheritdoc cref="WithDefault{T}(string, string, NumberRange{T}, Func{T})"/>
    public static Option<T> WithDefault<T>(string name, string description, T least, Func<T> fallback)
        where T : struct, INumber<T> => WithDefault(name, description, new NumberRange<T>(least), fallback);

    private static T? Parse<T>(ArgumentResult result, string name, NumberRange<T> range)
        where T : struct, INumber<T>
    {
        var text = result.Tokens[0].Value;
        var whole = T.IsInteger(T.One / (T.One + T.One));
        if (T.TryParse(text, whole ? NumberStyles.AllowLeadingSign : NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && range.Contains(number))
        {
            return number;
        }

        result.AddError($"{name}: expected a {(whole ? "whole " : "")}number{range}, found '{text}'.");
        return null;
    }
}
