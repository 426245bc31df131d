using ScottPlot;
using SkiaSharp;

namespace MiCse.Cli.Views;

/// <summary>The colours of all charts and pages, on a light or on a dark ground, and what else charts look like.</summary>
internal sealed class Palette
{
    // Serif is what Skia falls back to, and SVG viewers take the name as it is.
    private static readonly string[] s_fonts = ["Inter", "Segoe UI", "Helvetica Neue", "Arial", "Liberation Sans", "Noto Sans", "DejaVu Sans"];

    private static readonly MarkerShape[] s_markers =
    [
        MarkerShape.FilledCircle, MarkerShape.FilledSquare, MarkerShape.FilledDiamond,
        MarkerShape.FilledTriangleUp, MarkerShape.FilledTriangleDown, MarkerShape.OpenCircle,
    ];

    // Okabe and Ito's colours without black and yellow: people with any colour vision tell them apart.
    private readonly string[] _series;

    private Palette(string ground, string ink, string muted, string line, params string[] series)
    {
        (Ground, Ink, Muted, Line) = (Color.FromHex(ground), Color.FromHex(ink), Color.FromHex(muted), Color.FromHex(line));
        _series = series;
        Css = $"--ground: {ground}; --ink: {ink}; --muted: {muted}; --line: {line}; "
            + string.Join(' ', series.Select((color, index) => FormattableString.Invariant($"--series-{index}: {color};")));
    }

    /// <summary>On white.</summary>
    public static Palette Light { get; } =
        new("#ffffff", "#22262b", "#646b74", "#dfe3e8", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9");

    /// <summary>Lighter colours of the same hues on a dark ground.</summary>
    public static Palette Dark { get; } =
        new("#14171b", "#e8eaed", "#9aa3ad", "#343a42", "#4a9fe0", "#f0803c", "#2cc79a", "#e39bc4", "#f2b93b", "#8fd0f5");

    /// <summary>A font without serifs that this machine has.</summary>
    public static string Font { get; } =
        s_fonts.FirstOrDefault(SKFontManager.Default.FontFamilies.Contains) ?? Fonts.Default;

    /// <summary>How many colours there are for series.</summary>
    public static int SeriesCount => Light._series.Length;

    /// <summary>What everything stands on.</summary>
    public Color Ground { get; }

    /// <summary>Text and axes.</summary>
    public Color Ink { get; }

    /// <summary>Less important text, and lines to compare with.</summary>
    public Color Muted { get; }

    /// <summary>Grid lines, and borders in a page.</summary>
    public Color Line { get; }

    /// <summary>The colours as properties of a style sheet, such as --ink and --series-0.</summary>
    public string Css { get; }

    /// <summary>The colour of a series; they come again after the sixth, with other markers.</summary>
    public Color Series(int index) => Color.FromHex(_series[index % _series.Length]);

    /// <summary>The marker of a series.</summary>
    public static MarkerShape Marker(int index) => s_markers[(index + index / SeriesCount) % s_markers.Length];
}
