using ScottPlot;
using SkiaSharp;

namespace MiCse.Cli.Views;

/// <summary>What all charts look like.</summary>
internal static class Palette
{
    // Serif is what Skia falls back to, and SVG viewers take the name as it is.
    private static readonly string[] s_fonts = ["Inter", "Segoe UI", "Helvetica Neue", "Arial", "Liberation Sans", "Noto Sans", "DejaVu Sans"];

    // Okabe and Ito's colours without black and yellow: people with any colour vision tell them apart.
    private static readonly Color[] s_series =
    [
        Color.FromHex("#0072B2"), Color.FromHex("#D55E00"), Color.FromHex("#009E73"),
        Color.FromHex("#CC79A7"), Color.FromHex("#E69F00"), Color.FromHex("#56B4E9"),
    ];

    private static readonly MarkerShape[] s_markers =
    [
        MarkerShape.FilledCircle, MarkerShape.FilledSquare, MarkerShape.FilledDiamond,
        MarkerShape.FilledTriangleUp, MarkerShape.FilledTriangleDown, MarkerShape.OpenCircle,
    ];

    /// <summary>Text and axes.</summary>
    public static Color Ink { get; } = Color.FromHex("#2B2B2B");

    /// <summary>Less important text, and lines to compare with.</summary>
    public static Color Muted { get; } = Color.FromHex("#6B6B6B");

    /// <summary>Grid lines.</summary>
    public static Color Grid { get; } = Color.FromHex("#E6E6E6");

    /// <summary>A font without serifs that this machine has.</summary>
    public static string Font { get; } =
        s_fonts.FirstOrDefault(SKFontManager.Default.FontFamilies.Contains) ?? Fonts.Default;

    /// <summary>How many colours there are.</summary>
    public static int SeriesCount => s_series.Length;

    /// <summary>The colour of a series; they come again after the sixth, with other markers.</summary>
    public static Color Series(int index) => s_series[index % s_series.Length];

    /// <summary>The marker of a series.</summary>
    public static MarkerShape Marker(int index) => s_markers[(index + index / s_series.Length) % s_markers.Length];
}
