namespace MiCse.Views;

/// <summary>The colours of all pages and charts, on a light or on a dark ground, as #rrggbb.</summary>
/// <param name="Ground">What everything stands on.</param>
/// <param name="Ink">Text and axes.</param>
/// <param name="Muted">Less important text, and lines to compare with.</param>
/// <param name="Line">Grid lines, and borders in a page.</param>
/// <param name="Series">Those of series: Okabe and Ito's colours without black and yellow, which people with any colour vision tell apart.</param>
internal sealed record PageColours(string Ground, string Ink, string Muted, string Line, IReadOnlyList<string> Series)
{
    /// <summary>On white.</summary>
    public static PageColours Light { get; } =
        new("#ffffff", "#22262b", "#646b74", "#dfe3e8", ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"]);

    /// <summary>Lighter colours of the same hues on a dark ground.</summary>
    public static PageColours Dark { get; } =
        new("#14171b", "#e8eaed", "#9aa3ad", "#343a42", ["#4a9fe0", "#f0803c", "#2cc79a", "#e39bc4", "#f2b93b", "#8fd0f5"]);

    /// <summary>As properties of a style sheet, such as --ink and --series-0.</summary>
    public string Css { get; } = $"--ground: {Ground}; --ink: {Ink}; --muted: {Muted}; --line: {Line}; "
        + string.Join(' ', Series.Select((color, index) => FormattableString.Invariant($"--series-{index}: {color};")));
}
