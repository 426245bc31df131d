namespace MiCse.Cli.Options;

/// <summary>"STS12,STS-B" → names.</summary>
internal static class TaskNames
{
    /// <summary>Splits at commas.</summary>
    /// <exception cref="ArgumentException">There is no name.</exception>
    public static string[] Parse(string text)
    {
        var names = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return names.Length > 0 ? names : throw new ArgumentException($"'{text}' names no task.");
    }
}
