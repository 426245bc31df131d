using System.Globalization;
using MiCse.Mapping;
using MiCse.Numerics;
using MiCse.Views.Map;
using SkiaSharp;

namespace MiCse.Cli.Views.Map;

/// <summary>A map as a picture: a dot a text, in the colour of its label; the labels' names near their texts, and a legend at the right.</summary>
internal sealed class MapPicture : Picture
{
    private const float Edge = 36;
    private const float HeadHeight = 78;
    private const float LineHeight = 26;
    private const int MostLegendLines = 28;

    /// <summary>The room of the mark before a name.</summary>
    private const float MarkWidth = 19;

    private static readonly SKTypeface s_regular = SKTypeface.FromFamilyName(Palette.Font);
    private static readonly SKTypeface s_bold = SKTypeface.FromFamilyName(Palette.Font, SKFontStyle.Bold);

    private readonly TextMap _map;
    private readonly int[] _labels;
    private readonly SKPoint[] _places;
    private readonly float _radius;
    private readonly float _legendLeft;

    public MapPicture(TextMap map, Palette palette)
        : base(palette)
    {
        _map = map;
        _labels = map.LabelIndices();
        using var font = new SKFont(s_regular, 15);
        _legendLeft = Width - Edge - (map.Labels is null ? 0 : 40 + LegendLines().Max(line => font.MeasureText(line.Name)) + font.MeasureText("000,000"));
        var area = new SKRect(Edge, HeadHeight, _legendLeft - (map.Labels is null ? 0 : Edge / 2), Height - Edge);
        _places = Fit(map, area);
        _radius = Math.Clamp(0.2f * MathF.Sqrt(area.Width * area.Height / Math.Max(1, _places.Length)), 0.8f, 5);
    }

    protected override int Width => 1200;

    protected override int Height => 900;

    protected override void Draw(SKCanvas canvas)
    {
        Write(canvas, Cut(_map.Title, 90), Edge, 42, s_bold, 22, Paint(Palette.Ink));
        Write(canvas, _map.About + Outside(), Edge, 64, s_regular, 15, Paint(Palette.Muted));
        DrawPoints(canvas);
        if (_map.Labels is not null)
        {
            DrawNames(canvas);
            DrawLegend(canvas);
        }
    }

    private void DrawPoints(SKCanvas canvas)
    {
        // Mixed, so that no label lies on top of another for coming later in the file.
        var order = Enumerable.Range(0, _places.Length).ToArray();
        new RandomSequence(1).Shuffle(order.AsSpan());
        using var paint = new SKPaint { IsAntialias = true };
        foreach (var point in order.Where(IsShown))
        {
            paint.Color = Paint(Palette.Series(_labels[point])).WithAlpha(200);
            DrawMark(canvas, _labels[point], _places[point], _radius, paint);
        }
    }

    private bool IsShown(int point) => _map.Frame.Contains(_map.Points[point]);

    private string Outside()
    {
        var count = Enumerable.Range(0, _places.Length).Count(point => !IsShown(point));
        return count == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" · {count:N0} far away not shown");
    }

    private void DrawNames(SKCanvas canvas)
    {
        using var font = new SKFont(s_bold, 16);
        using var halo = new SKPaint { IsAntialias = true, Style = SKPaintStyle.Stroke, StrokeWidth = 5, StrokeJoin = SKStrokeJoin.Round, Color = Paint(Palette.Ground) };
        using var ink = new SKPaint { IsAntialias = true, Color = Paint(Palette.Ink) };
        using var mark = new SKPaint { IsAntialias = true };
        var points = Enumerable.Range(0, _places.Length).Where(IsShown).ToList();
        var names = points.GroupBy(point => _labels[point], point => _places[point]).OrderByDescending(label => label.Count()).ThenBy(label => label.Key)
            .Select(label => (Label: label.Key, Name: Cut(_map.LabelNames[label.Key], TextMap.MostLettersOfName), Box: Box(label, font))).ToList();
        var taken = new[] { Taken(0, 0, Width, HeadHeight), Taken(_legendLeft - Edge / 2, 0, Width, Height) };
        var boxes = names.ConvertAll(name => name.Box with { Width = font.MeasureText(name.Name) + MarkWidth + 3 });
        var places = LabelPlacement.Place(boxes, points.ConvertAll(point => (_places[point].X, _places[point].Y)), Width, Height, taken);
        foreach (var (name, box, place) in names.Zip(boxes, places))
        {
            if (place is not var (x, y))
            {
                continue;
            }

            var left = x - box.Width / 2;
            mark.Color = Paint(Palette.Ground);
            DrawMark(canvas, name.Label, new SKPoint(left + 7, y), 8, mark);
            mark.Color = Paint(Palette.Series(name.Label));
            DrawMark(canvas, name.Label, new SKPoint(left + 7, y), 5.5f, mark);
            var text = new SKPoint(left + MarkWidth, y + 5.5f);
            canvas.DrawText(name.Name, text, SKTextAlign.Left, font, halo);
            canvas.DrawText(name.Name, text, SKTextAlign.Left, font, ink);
        }
    }

    /// <summary>The middle by each coordinate: stray texts do not move it.</summary>
    private static LabelBox Box(IEnumerable<SKPoint> places, SKFont font) =>
        new(Median(places.Select(place => place.X)), Median(places.Select(place => place.Y)), 0, font.Size + 4);

    private static LabelBox Taken(float left, float top, float right, float bottom) => new((left + right) / 2, (top + bottom) / 2, right - left, bottom - top);

    private void DrawLegend(SKCanvas canvas)
    {
        var top = HeadHeight + 14;
        using var paint = new SKPaint { IsAntialias = true };
        foreach (var (line, (name, count, label)) in LegendLines().Index())
        {
            var baseline = top + line * LineHeight;
            if (label is { } index)
            {
                paint.Color = Paint(Palette.Series(index));
                DrawMark(canvas, index, new SKPoint(_legendLeft + 8, baseline - 5), 6, paint);
            }

            Write(canvas, name, _legendLeft + 24, baseline, s_regular, 15, Paint(Palette.Ink));
            Write(canvas, count, Width - Edge, baseline, s_regular, 14, Paint(Palette.Muted), SKTextAlign.Right);
        }
    }

    private List<(string Name, string Count, int? Label)> LegendLines()
    {
        var sizes = _labels.CountBy(label => label).ToDictionary();
        var all = _map.LabelNames.Index()
            .Select(label => (Cut(label.Item, TextMap.MostLettersOfName), sizes[label.Index].ToString("N0", CultureInfo.InvariantCulture), (int?)label.Index)).ToList();
        return all.Count <= MostLegendLines
            ? all
            : [.. all.Take(MostLegendLines - 1), (string.Create(CultureInfo.InvariantCulture, $"and {all.Count - MostLegendLines + 1:N0} more"), "", null)];
    }

    /// <summary>A colour comes again after the last, with another shape.</summary>
    private static void DrawMark(SKCanvas canvas, int label, SKPoint place, float radius, SKPaint paint)
    {
        switch (label / Palette.SeriesCount % 4)
        {
            case 0:
                canvas.DrawCircle(place, radius, paint);
                break;
            case 1:
                var half = 0.88f * radius;
                canvas.DrawRect(place.X - half, place.Y - half, 2 * half, 2 * half, paint);
                break;
            case 2:
                DrawPolygon(canvas, place, 1.25f * radius, paint, (0, -1), (1, 0), (0, 1), (-1, 0));
                break;
            default:
                DrawPolygon(canvas, place, radius, paint, (0, -1.15f), (0.95f, 0.75f), (-0.95f, 0.75f));
                break;
        }
    }

    private static void DrawPolygon(SKCanvas canvas, SKPoint place, float radius, SKPaint paint, params ReadOnlySpan<(float X, float Y)> corners)
    {
        using var path = new SKPath();
        path.MoveTo(place.X + radius * corners[0].X, place.Y + radius * corners[0].Y);
        foreach (var (x, y) in corners[1..])
        {
            path.LineTo(place.X + radius * x, place.Y + radius * y);
        }

        path.Close();
        canvas.DrawPath(path, paint);
    }

    private static void Write(
        SKCanvas canvas, string text, float x, float y, SKTypeface typeface, float size, SKColor color, SKTextAlign align = SKTextAlign.Left)
    {
        using var font = new SKFont(typeface, size);
        using var paint = new SKPaint { IsAntialias = true, Color = color };
        canvas.DrawText(text, x, y, align, font, paint);
    }

    /// <summary>As large as the area allows, the same scale along both axes, y upwards.</summary>
    private static SKPoint[] Fit(TextMap map, SKRect area)
    {
        if (map.Points.Count == 0)
        {
            return [];
        }

        var places = map.Points.Values.ToArray().Chunk(2).Select(place => new SKPoint(place[0], -place[1])).ToArray();
        var bounds = new SKRect(map.Frame.Left, -map.Frame.Top, map.Frame.Right, -map.Frame.Bottom);
        area.Inflate(-6, -6);
        var scale = Math.Min(area.Width / bounds.Width, area.Height / bounds.Height);
        scale = float.IsFinite(scale) ? scale : 1;
        return Array.ConvertAll(places, place => new SKPoint(area.MidX + scale * (place.X - bounds.MidX), area.MidY + scale * (place.Y - bounds.MidY)));
    }

    private static float Median(IEnumerable<float> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    private static string Cut(string name, int letters) => name.Length <= letters ? name : $"{name[..(letters - 1)]}…";
}
