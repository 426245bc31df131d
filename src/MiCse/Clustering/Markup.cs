using System.Globalization;
using System.Text.RegularExpressions;

namespace MiCse.Clustering;

/// <summary>Takes out of texts what is no language: tags, entities (also those whose <c>&amp;</c> was lost), addresses on the web.</summary>
internal static partial class Markup
{
    /// <summary>The text without them; a text that has none comes back as it is.</summary>
    public static string Remove(string text)
    {
        if (!text.AsSpan().ContainsAny(";<") && !text.Contains("://", StringComparison.Ordinal) && !text.Contains('.', StringComparison.Ordinal))
        {
            return text;
        }

        // Twice: what was escaped twice, as &amp;lt;, is an entity again after the first time.
        var decoded = Entity().Replace(Entity().Replace(text, Decode), Decode);
        return TopLevelDomain().Replace(Address().Replace(Tag().Replace(decoded, " "), " "), " ");
    }

    private static string Decode(Match entity)
    {
        var name = entity.Groups["name"].Value.ToLowerInvariant();
        return name switch
        {
            "lt" => "<",
            "gt" => ">",
            "amp" => "&",
            "apos" or "#39" or "#146" or "#8217" or "#x27" => "'",
            // Numbers of Windows-1252 among them, which are no characters of HTML: punctuation all of them.
            _ when name.StartsWith("#x", StringComparison.Ordinal) => Character(int.Parse(name.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)),
            _ when name[0] == '#' => Character(int.Parse(name.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture)),
            _ => " ",
        };
    }

    private static string Character(int value) => value is >= 0xA0 and not (>= 0xD800 and <= 0xDFFF) and <= 0x10FFFF ? char.ConvertFromUtf32(value) : " ";

    [GeneratedRegex(@"(?:&|(?<![\p{L}\p{N}]))(?<name>#\d{1,6}|#x[0-9a-f]{1,5}|lt|gt|amp|quot|apos|nbsp);", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Entity();

    [GeneratedRegex(@"<[/!]?[a-z][^<>]{0,500}>", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Tag();

    [GeneratedRegex(@"(?:https?://|\bwww\.)\S+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Address();

    [GeneratedRegex(@"(?<=\p{L})\.(?:com|org|net)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex TopLevelDomain();
}
