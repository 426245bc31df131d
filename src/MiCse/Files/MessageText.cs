namespace MiCse.Files;

/// <summary>Sentences about a file that quote it: on one line and of bounded length, whatever the file holds.</summary>
internal static class MessageText
{
    private const int Longest = 900;

    /// <summary>The sentence on one line, without the middle of an overlong one: its end says what to do.</summary>
    public static string Bounded(string sentence)
    {
        var line = sentence.Any(char.IsControl) ? JsonFailure.OneLine(sentence) : sentence;
        return line.Length <= Longest ? line : $"{line.AsSpan(0, Longest * 2 / 3)}…{line.AsSpan(line.Length - (Longest / 3))}";
    }
}
