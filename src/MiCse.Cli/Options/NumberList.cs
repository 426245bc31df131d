using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace MiCse.Cli.Options;

/// <summary>Options that take whole numbers and ranges of them: <c>64,100,500</c>, <c>48..52</c> with both ends, or <c>1..3,10</c>.</summary>
internal static class NumberList
{
    /// <summary>Longer lists are typing errors.</summary>
    private const long MostNumbers = 10_000;

    /// <summary>An option whose value is null when it is not given.</summary>
    /// <param name="name">The option, with its dashes.</param>
    /// <param name="description">Its line on the help page.</param>
    /// <param name="least">The smallest number allowed.</param>
    /// <param name="most">The largest number allowed.</param>
    public static Option<IReadOnlyList<long>?> Optional(string name, string description, long least, long most) => new(name)
    {
        Description = description,
        HelpName = "N,N..N",
        CustomParser = result => Parse(result, name, result.Tokens[0].Value, least, most),
    };

    private static List<long> Parse(ArgumentResult result, string name, string text, long least, long most)
    {
        var numbers = new List<long>();
        foreach (var part in text.Split(','))
        {
            var ends = part.Split("..");
            if (ends.Length > 2 || !TryNumber(ends[0], out var first) || !TryNumber(ends[^1], out var last)
                || first < least || last > most || last < first || last - first >= MostNumbers - numbers.Count)
            {
                result.AddError(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name}: expected numbers from {least} to {most} such as 64,100 or 48..52, {MostNumbers} at most, found '{text}'."));
                break;
            }

            for (var number = first; number <= last; number++)
            {
                numbers.Add(number);
            }
        }

        return numbers;
    }

    private static bool TryNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out number);
}
