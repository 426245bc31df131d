using MiCse.Tokenization.Patterns;

namespace MiCse.Tests.Tokenization.Patterns;

/// <summary>A pattern as its definition reads: each part hands every place where it can end to what comes after it. For texts of the BMP.</summary>
internal sealed class SlowPattern(PatternNode pattern, string text)
{
    /// <summary>The leftmost match; null when there is none.</summary>
    public (int Start, int End)? First()
    {
        for (var start = 0; start <= text.Length; start++)
        {
            var end = -1;
            if (Match(pattern, start, place => (end = place) >= 0))
            {
                return (start, end);
            }
        }

        return null;
    }

    private bool Match(PatternNode node, int place, Func<int, bool> next) => node switch
    {
        OneOf one => place < text.Length && one.Set.Contains(text[place]) && next(place + 1),
        Parts { Items.Count: 0 } => next(place),
        Parts parts => Match(parts.Items[0], place, end => Match(new Parts([.. parts.Items.Skip(1)]), end, next)),
        Alternatives alternatives => alternatives.Items.Any(item => Match(item, place, next)),
        Repeated { Kind: RepeatKind.Possessive } repeated => Match(new Atomic(repeated with { Kind = RepeatKind.Greedy }), place, next),
        Repeated repeated => Repeat(repeated, 0, place, next),
        Ahead ahead => Match(ahead.Part, place, _ => true) != ahead.Negated && next(place),
        Behind behind => (place >= behind.Length && Match(behind.Part, place - behind.Length, _ => true)) != behind.Negated && next(place),
        Atomic atomic => MatchAtomic(atomic.Part, place, next),
        Place { Kind: PlaceKind.TextStart } => place == 0 && next(place),
        Place { Kind: PlaceKind.TextEnd } => place == text.Length && next(place),
        Place { Kind: PlaceKind.WordBoundary } => IsWord(place - 1) != IsWord(place) && next(place),
        Place { Kind: PlaceKind.NoWordBoundary } => IsWord(place - 1) == IsWord(place) && next(place),
        _ => throw new ArgumentOutOfRangeException(nameof(node), node, "No such part."),
    };

    private bool Repeat(Repeated repeated, int count, int place, Func<int, bool> next)
    {
        var isLazy = repeated.Kind == RepeatKind.Lazy;
        return (isLazy && count >= repeated.Least && next(place))
            || (count < repeated.Most && Match(repeated.Part, place, end => Repeat(repeated, count + 1, end, next)))
            || (!isLazy && count >= repeated.Least && next(place));
    }

    private bool MatchAtomic(PatternNode part, int place, Func<int, bool> next)
    {
        var end = -1;
        return Match(part, place, found => (end = found) >= 0) && next(end);
    }

    private bool IsWord(int place) => place >= 0 && place < text.Length && CharacterProperties.IsWord(text[place]);
}
