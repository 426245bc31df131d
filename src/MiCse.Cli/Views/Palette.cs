using MiCse.Views;
using ScottPlot;
using SkiaSharp;

namespace MiCse.Cli.Views;

/// <summary>The colours of all charts, which are those of pages, on a light or on a dark ground, and what else charts look like.</summary>
internal sealed class Palette
{
    // Serif is what Skia falls back to, and SVG viewers take the name as it is.
    private static readonly string[] s_fonts = ["Inter", "Segoe UI", "Helvetica Neue", "Arial", "Liberation Sans", "Noto Sans", "DejaVu Sans"];

    private static readonly MarkerShape[] s_markers =
    [
        MarkerShape.FilledCircle, MarkerShape.FilledSquare, MarkerShape.FilledDiamond,
        MarkerShape.FilledTriangleUp, MarkerShape.FilledTriangleDown, MarkerShape.OpenCircle,
    ];

    private readonly PageColours _colours;

    private Palette(PageColours colours)
    {
        _colours = colours;
        (Ground, Ink, Muted, Line) = (Color.FromHex(colours.Ground), Color.FromHex(colours.Ink), Color.FromHex(colours.Muted), Color.FromHex(colours.Line));
    }

    /// <summary>On white.</summary>
    public static Palette Light { get; } = new(PageColours.Light);

    /// <summary>Lighter colours of the same hues on a dark ground.</summary>
    public static Palette Dark { get; } = new(PageColours.Dark);

    /// <summary>A font without serifs that this machine has.</summary>
    public static string Font { get; } =
        s_fonts.FirstOrDefault(SKFontManager.Default.FontFamilies.Contains) ?? Fonts.Default;

    /// <summary>How many colours there are for series.</summary>
    public static int SeriesCount => PageColours.Light.Series.Count;

    /// <summary>What everything stands on.</summary>
    public Color Ground { get; }

    /// <summary>Text and axes.</summary>
    public Color Ink { get; }

    /// <summary>Less important text, and lines to compare with.</summary>
    public Color Muted { get; }

    /// <summary>Grid lines, and borders in a page.</summary>
    public Color Line { get; }

    /// <summary>The colour of a series; they come again after the sixth, with other markers.</summary>
    public Color Series(int index) => Color.FromHex(_colours.Series[index % SeriesCount]);

    /// <summary>The marker of a series.</summary>
    public static MarkerShape Marker(int index) => s_markers[(index + index / SeriesCount) % s_markers.Length];
}
