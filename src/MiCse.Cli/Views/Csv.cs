namespace MiCse.Cli.Views;

/// <summary>Comma-separated values as RFC 4180 has them.</summary>
internal static class Csv
{
    /// <summary>A text as a field, always in quotes: an empty text, or one with spaces at its ends, reads back as it was.</summary>
    public static string Quoted(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
