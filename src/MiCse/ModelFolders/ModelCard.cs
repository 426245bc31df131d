namespace MiCse.ModelFolders;

/// <summary>A model's README.md and its front matter.</summary>
internal static class ModelCard
{
    public const string FileName = "README.md";

    /// <summary>Front matter is short; a README may be long.</summary>
    private const int MaximumLines = 1000;

    /// <summary>The card of a model folder, or null.</summary>
    public static string? Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        return File.Exists(path) ? File.ReadAllText(path) : null;
    }

    /// <summary>The <c>license</c> (for "other" the <c>license_name</c>), or null.</summary>
    public static string? License(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var lines = File.ReadLines(path).Take(MaximumLines).Select(line => line.TrimEnd()).ToList();
        if (lines is not ["---", ..] || lines.IndexOf("---", 1) is var end && end < 0)
        {
            return null;
        }

        var values = lines[1..end];
        var license = Value(values, "license:");
        return license == "other" ? Value(values, "license_name:") ?? license : license;
    }

    private static string? Value(List<string> lines, string key) =>
        lines.Find(line => line.StartsWith(key, StringComparison.Ordinal))?[key.Length..].Trim().Trim('"', '\'') is { Length: > 0 } value ? value : null;
}
