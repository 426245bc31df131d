using System.Globalization;
using MiCse.Training.LowShot;
using ScottPlot;
using ScottPlot.TickGenerators;
using SkiaSharp;

namespace MiCse.Cli.Views.LowShot;

/// <summary>
/// A low-shot study with one number of sentences as a picture: a row an arm, a panel a score, a dot for the mean with a bar of one sample standard deviation to each side, and a line for the untrained
/// base model. Over several numbers of sentences <see cref="LowShotChart"/> draws lines.
/// </summary>
internal sealed class LowShotDots(LowShotReport report, Palette palette) : Picture(palette)
{
    private const int PanelWidth = 290;
    private const int PanelGap = 36;
    private const int RowHeight = 46;
    private const int Top = 122;
    private const int Bottom = 40;

    // The average, and the scores that are not in it.
    private readonly (string Heading, string? Task)[] _scores =
    [
        (string.Join(", ", report.Untrained.Averaged.Select(score => score.Heading)), null),
        .. report.Tasks.Except(report.Untrained.Averaged).Select(score => (score.Heading, (string?)score.Task)),
    ];

    private int Names => 40 + (8 * report.Rows.Max(row => row.Arm.Name.Length));

    protected override int Width => Names + (_scores.Length * PanelWidth) + PanelGap;

    protected override int Height => Top + (report.Rows.Count * RowHeight) + Bottom;

    protected override void Draw(SKCanvas canvas)
    {
        using var typeface = SKTypeface.FromFamilyName(Palette.Font);
        var seeds = report.Seeds.Count;
        Write(canvas, typeface, $"Low-shot study of {report.Model}: {report.Rows[0].Shots.ToString("N0", CultureInfo.InvariantCulture)} sentences of {report.Data}", 34, 19, Palette.Ink);
        Write(
            canvas, typeface, (seeds > 1 ? $"means over {seeds} seeds, bars: ± one standard deviation" : "one seed") + "; the line is the untrained model", 60, 14, Palette.Muted);
        foreach (var (index, row) in report.Rows.Index())
        {
            Write(canvas, typeface, row.Arm.Name, Top + (RowHeight * index) + (RowHeight / 2) + 5, 15, Palette.Ink);
        }

        foreach (var (index, (heading, task)) in _scores.Index())
        {
            var left = Names + (index * PanelWidth);
            using var plot = Panel(heading, task);
            canvas.Save();
            canvas.ClipRect(new SKRect(left, Top - 50, left + PanelWidth, Height)); // a plot wipes the canvas before it draws
            plot.Render(canvas, new PixelRect(left, left + PanelWidth, Height, Top - 50));
            canvas.Restore();
        }
    }

    private Plot Panel(string heading, string? task)
    {
        var plot = new Plot();
        plot.Font.Set(Palette.Font);
        plot.Title(heading);
        plot.Axes.Title.Label.FontSize = 15;
        plot.FigureBackground.Color = plot.DataBackground.Color = Palette.Ground;
        plot.Axes.Color(Palette.Ink);
        plot.Axes.Bottom.TickGenerator = new NumericAutomatic { MinimumTickSpacing = 60, MinorTickGenerator = new EvenlySpacedMinorTickGenerator(1) };
        plot.Axes.Bottom.TickLabelStyle.FontSize = 13;
        plot.Axes.Left.TickGenerator = new NumericManual();
        plot.Axes.Left.IsVisible = plot.Axes.Right.IsVisible = plot.Axes.Top.IsVisible = false;
        plot.Grid.YAxisStyle.IsVisible = false;
        plot.Grid.MajorLineColor = Palette.Line;
        plot.Layout.Fixed(new PixelPadding(PanelGap / 2, PanelGap / 2, Bottom, 50));
        var untrained = 100 * report.Untrained.Of(task);
        if (double.IsFinite(untrained))
        {
            plot.Add.VerticalLine(untrained, 1.5f, Palette.Muted);
        }

        foreach (var (index, row) in report.Rows.Index())
        {
            var score = row.Scores(task);
            if (double.IsFinite(score.Mean))
            {
                Add(plot, -index, 100 * score.Mean, 100 * (score.StandardDeviation ?? 0), index);
            }
        }

        plot.Axes.Margins(0.16, 0);
        plot.Axes.AutoScaleX();
        plot.Axes.SetLimitsY(0.5 - report.Rows.Count, 0.5);
        return plot;
    }

    private void Add(Plot plot, double height, double mean, double deviation, int index)
    {
        var color = Palette.Series(index);
        if (deviation > 0)
        {
            var bar = plot.Add.Line(mean - deviation, height, mean + deviation, height);
            (bar.LineColor, bar.LineWidth) = (color, 2);
        }

        var marker = plot.Add.Marker(mean, height, Palette.Marker(index), 11, color);
        marker.MarkerStyle.LineColor = color;
        var label = plot.Add.Text(mean.ToString("0.00", CultureInfo.InvariantCulture), mean, height);
        (label.LabelFontColor, label.LabelFontName, label.LabelFontSize) = (Palette.Ink, Palette.Font, 12);
        (label.LabelAlignment, label.OffsetY, label.LabelPadding, label.LabelBackgroundColor) = (Alignment.LowerCenter, -8, 1, Palette.Ground);
    }

    private static void Write(SKCanvas canvas, SKTypeface typeface, string text, float y, float size, ScottPlot.Color color)
    {
        using var font = new SKFont(typeface, size);
        using var paint = new SKPaint { Color = Paint(color), IsAntialias = true };
        canvas.DrawText(text, 16, y, font, paint);
    }
}
