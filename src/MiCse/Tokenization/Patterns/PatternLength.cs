namespace MiCse.Tokenization.Patterns;

/// <summary>How much text a part of a pattern takes.</summary>
internal static class PatternLength
{
    /// <summary>Whether a part can match the empty text.</summary>
    public static bool CanBeEmpty(this PatternNode node) => node switch
    {
        OneOf => false,
        Parts parts => parts.Items.All(CanBeEmpty),
        Alternatives alternatives => alternatives.Items.Any(CanBeEmpty),
        Repeated repeated => repeated.Least == 0 || repeated.Part.CanBeEmpty(),
        Atomic atomic => atomic.Part.CanBeEmpty(),
        _ => true,
    };

    /// <summary>How many characters a part takes; null when that varies.</summary>
    public static int? Length(this PatternNode node) => node switch
    {
        OneOf => 1,
        Parts parts => parts.Items.Aggregate((int?)0, (sum, part) => sum + part.Length()),
        Alternatives alternatives => alternatives.Items.Select(Length).Distinct().ToList() is [var one] ? one : null,
        Repeated repeated => repeated.Least == repeated.Most ? repeated.Least * repeated.Part.Length() : null,
        Atomic atomic => atomic.Part.Length(),
        _ => 0,
    };
}
