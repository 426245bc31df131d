namespace MiCse.Files;

/// <summary>Words a list of offending keys for a message: how many there are and the first ten.</summary>
internal static class Offenders
{
    private const int Shown = 10;

    /// <returns>The subject and verb of a sentence, such as "3 keys (a, b, c) are".</returns>
    public static string Describe(IReadOnlyCollection<string> names, string noun, string singular, string plural)
    {
        var listed = string.Join(", ", names.Take(Shown)) + (names.Count > Shown ? ", …" : "");
        return names.Count == 1 ? $"1 {noun} ({listed}) {singular}" : $"{names.Count} {noun}s ({listed}) {plural}";
    }
}
