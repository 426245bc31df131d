using System.Globalization;
using System.Numerics;

namespace MiCse.Cli.Options;

/// <summary>The numbers that an option takes: finite ones from <paramref name="Least"/> to <paramref name="Most"/>.</summary>
/// <param name="Least">The smallest number.</param>
/// <param name="Most">The largest number; null for no limit.</param>
internal readonly record struct NumberRange<T>(T Least, T? Most = null)
    where T : struct, INumber<T>
{
    /// <summary>Whether <see cref="Least"/> itself is too small.</summary>
    public bool AboveLeast { get; init; }

    /// <summary>Whether <see cref="Most"/> itself is too large.</summary>
    public bool BelowMost { get; init; }

    /// <summary>Whether a number is in the range.</summary>
    public bool Contains(T number) =>
        T.IsFinite(number) && (AboveLeast ? number > Least : number >= Least) && (Most is not { } most || (BelowMost ? number < most : number <= most));

    /// <summary>The rest of "expected a number": " of at least 1", " from 0 to 1", " above 0", " from 0 to below 1", or nothing when all numbers are taken.</summary>
    public override string ToString() => !T.IsFinite(Least) ? "" : string.Create(CultureInfo.InvariantCulture, $" {(Most, AboveLeast) switch
    {
        (null, true) => "above",
        (null, false) => "of at least",
        (_, true) => "from above",
        (_, false) => "from",
    }} {Least}{(Most is null ? "" : BelowMost ? " to below " : " to ")}{Most}");
}

/// <summary>Ranges that occur more than once.</summary>
internal static class NumberRanges
{
    /// <summary>All numbers.</summary>
    public static NumberRange<double> Any => new(double.NegativeInfinity);

    /// <summary>What a cosine can be.</summary>
    public static NumberRange<double> Cosine => new(-1, 1);

    /// <summary>A factor that must not be 0.</summary>
    public static NumberRange<double> Positive => new(0) { AboveLeast = true };

    /// <summary>Probabilities of dropout.</summary>
    public static NumberRange<double> Dropout => new(0, 1) { BelowMost = true };
}
