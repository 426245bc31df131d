using SkiaSharp;

namespace MiCse.Cli.Views;

/// <summary>Something drawn, as a PNG or an SVG.</summary>
internal abstract class Picture(Palette palette)
{
    private const int PixelsPerPoint = 2;

    /// <summary>Its colours.</summary>
    protected Palette Palette { get; } = palette;

    /// <summary>In points; a PNG has two pixels a point.</summary>
    protected abstract int Width { get; }

    /// <summary>In points.</summary>
    protected abstract int Height { get; }

    /// <summary>Writes a PNG of twice the size, for sharp letters.</summary>
    public void WritePng(Stream stream)
    {
        using var surface = SKSurface.Create(new SKImageInfo(Width * PixelsPerPoint, Height * PixelsPerPoint));
        surface.Canvas.Scale(PixelsPerPoint);
        DrawOnGround(surface.Canvas);
        using var image = surface.Snapshot();
        using var data = image.Encode(SKEncodedImageFormat.Png, 100);
        data.SaveTo(stream);
    }

    /// <summary>Writes an SVG.</summary>
    public void WriteSvg(Stream stream)
    {
        using var managed = new SKManagedWStream(stream);
        using var canvas = SKSvgCanvas.Create(new SKRect(0, 0, Width, Height), managed);
        DrawOnGround(canvas);
    }

    /// <summary>Draws it at a scale of 1.</summary>
    protected abstract void Draw(SKCanvas canvas);

    /// <summary>A colour as Skia has it.</summary>
    protected static SKColor Paint(ScottPlot.Color color) => new(color.R, color.G, color.B);

    private void DrawOnGround(SKCanvas canvas)
    {
        using var ground = new SKPaint { Color = Paint(Palette.Ground) };
        canvas.DrawRect(0, 0, Width, Height, ground);
        Draw(canvas);
    }
}
