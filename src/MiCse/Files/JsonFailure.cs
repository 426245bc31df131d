using System.Globalization;
using System.Text.Json;

namespace MiCse.Files;

/// <summary>What a JSON reader found wrong, as the part of a sentence: its own messages quote the rest of the file and count lines from 0.</summary>
internal static class JsonFailure
{
    private const int LongestQuote = 80;
    private const string Quote = "'";

    /// <summary>What is wrong, on one line, with the place where.</summary>
    public static string Describe(JsonException failure)
    {
        var reason = Reason(failure);
        return failure.LineNumber is { } line
            ? string.Create(CultureInfo.InvariantCulture, $"{reason} (line {line + 1}, byte {(failure.BytePositionInLine ?? 0) + 1})")
            : reason;
    }

    /// <summary>What is wrong, on one line, without the place.</summary>
    public static string Reason(JsonException failure)
    {
        var message = failure.Message;
        var place = message.IndexOf(" Path: ", StringComparison.Ordinal) is >= 0 and var path ? path : message.IndexOf(" LineNumber: ", StringComparison.Ordinal);
        return OneLine(Shorten(place < 0 ? message : message[..place])).Trim().TrimEnd('.');
    }

    /// <summary>A text of a file as a message may show it: on one line, and not all of a long one.</summary>
    public static string Cut(string text) => OneLine(text.Length > LongestQuote ? $"{text.AsSpan(0, LongestQuote)}…" : text);

    // The quote begins the message and ends where the reader's own words go on.
    private static string Shorten(string message)
    {
        var end = message.LastIndexOf(Quote + " is ", StringComparison.Ordinal);
        return message.StartsWith(Quote, StringComparison.Ordinal) && end > 0 ? $"'{Cut(message[1..end])}{message[end..]}"
            : message.Length > 2 * LongestQuote ? $"{message.AsSpan(0, 2 * LongestQuote)}…"
            : message;
    }

    public static string OneLine(string text) => string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character));
}
