using Spectre.Console;

namespace MiCse.Cli.Views.Explanation;

/// <summary>The colours of heat maps and bars in a terminal: blue above 0, orange below, which people with any colour vision tell apart.</summary>
internal static class HeatColour
{
    /// <summary>Above 0.</summary>
    public static Color Above { get; } = new(0x4A, 0x9F, 0xE0);

    /// <summary>Below 0.</summary>
    public static Color Below { get; } = new(0xF0, 0x80, 0x3C);

    /// <summary>A cell: the farther from 0, the stronger, on black as on white.</summary>
    /// <param name="value">The number in the cell.</param>
    /// <param name="largest">The largest distance from 0 in the map.</param>
    public static Style Cell(double value, double largest)
    {
        var share = largest == 0 ? 0 : (float)Math.Min(1, Math.Abs(value) / largest);
        return new Style(Color.White, Color.Black.Blend(value < 0 ? new Color(0xB0, 0x50, 0x10) : new Color(0x10, 0x68, 0xB8), share));
    }
}
