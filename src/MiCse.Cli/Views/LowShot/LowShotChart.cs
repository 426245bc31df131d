using System.Globalization;
using MiCse.Training.LowShot;
using ScottPlot;
using ScottPlot.TickGenerators;
using SkiaSharp;

namespace MiCse.Cli.Views.LowShot;

/// <summary>
/// A low-shot study with several numbers of sentences as a picture: the average score over the number of sentences, a line an arm, with the untrained base model to compare with; below it
/// the differences to SimCSE. Bars reach one sample standard deviation up and down. Each arm's line is narrower than those
/// below it, so that of lines that run together all are seen. (Nothing is dashed: Skia writes no dashes into an SVG, and says so on standard error.)
/// </summary>
internal sealed class LowShotChart(LowShotReport report, Palette palette) : Picture(palette)
{
    private const int ScoresHeight = 480;
    private const int DifferencesHeight = 300;

    private readonly LowShotArm[] _arms = [.. report.Rows.Select(row => row.Arm).Distinct()];
    private readonly int[] _shots = [.. report.Rows.Select(row => row.Shots).Distinct().Order()];
    private readonly bool _compared = report.Rows.Any(row => row.Control is not null);

    private string Sentences => report.Seeds.Count > 1 ? $"sentences (bars: ± one standard deviation over {report.Seeds.Count} seeds)" : "sentences";

    private double Left => Math.Log10(_shots[0]) - Margin;

    private double Right => Math.Log10(_shots[^1]) + Margin;

    /// <summary>Room beside the smallest and the largest number of sentences, in decades.</summary>
    private double Margin => _shots.Length == 1 ? 0.5 : 0.08 * Math.Log10((double)_shots[^1] / _shots[0]);

    /// <summary>How far beside each other the arms of one number of sentences are drawn, in decades.</summary>
    private double Spread => 0.018 * (Right - Left);

    protected override int Width => 1000;

    protected override int Height => ScoresHeight + (_compared ? DifferencesHeight : 0);

    protected override void Draw(SKCanvas canvas)
    {
        Draw(canvas, Scores(), 0, ScoresHeight);
        if (_compared)
        {
            Draw(canvas, Differences(), ScoresHeight, Height);
        }
    }

    private void Draw(SKCanvas canvas, Plot plot, int top, int bottom)
    {
        // A plot wipes the canvas before it draws; it is to wipe its own part alone.
        canvas.Save();
        canvas.ClipRect(new SKRect(0, top, Width, bottom));
        plot.Render(canvas, new PixelRect(0, Width, bottom, top));
        canvas.Restore();
    }

    private Plot Scores()
    {
        var plot = Panel(_compared ? "" : Sentences, "Spearman × 100", top: 44);
        var tasks = string.Join(", ", report.Untrained.Averaged.Select(task => task.Heading));
        plot.Title($"Low-shot study of {report.Model}: {(report.Untrained.Averaged.Count > 1 ? "average of " : "")}{tasks}");
        DrawArms(plot, row => row.Scores());
        var untrained = 100 * report.Untrained.Of();
        if (double.IsFinite(untrained))
        {
            plot.Add.HorizontalLine(untrained, 1.5f, Palette.Muted);
            var label = plot.Add.Text(string.Create(CultureInfo.InvariantCulture, $"untrained {untrained:0.0}"), Left, untrained);
            (label.LabelFontColor, label.LabelFontName, label.LabelFontSize) = (Palette.Muted, Palette.Font, 14);
            (label.LabelAlignment, label.OffsetX, label.OffsetY) = (Alignment.LowerLeft, 6, -2);
        }

        plot.ShowLegend(Edge.Right);
        return plot;
    }

    private Plot Differences()
    {
        var plot = Panel(Sentences, "difference to SimCSE", top: 16);
        plot.Add.HorizontalLine(0, 1.5f, Palette.Muted);
        DrawArms(plot, row => row.Difference()?.Differences);
        plot.HideLegend();
        return plot;
    }

    private void DrawArms(Plot plot, Func<LowShotRow, SeedStatistics?> figure)
    {
        foreach (var (index, arm) in _arms.Index())
        {
            (int Shots, SeedStatistics Figure)[] points =
            [
                .. from row in report.Rows
                   where row.Arm == arm
                   let found = figure(row)
                   where found is not null && double.IsFinite(found.Mean)
                   select (row.Shots, found),
            ];
            if (points.Length == 0)
            {
                continue;
            }

            double[] xs = [.. points.Select(point => Math.Log10(point.Shots) + Spread * (index - (_arms.Length - 1) / 2.0))];
            double[] ys = [.. points.Select(point => 100 * point.Figure.Mean)];
            var color = Palette.Series(index);
            if (report.Seeds.Count > 1)
            {
                var bars = plot.Add.ErrorBar(xs, ys, [.. points.Select(point => 100 * (point.Figure.StandardDeviation ?? 0))]);
                bars.LineStyle = new LineStyle(1.5f, color.WithAlpha(0.7));
                bars.CapSize = 4;
            }

            var line = plot.Add.Scatter(xs, ys, color);
            line.LineWidth = 2 + 2.5f * (_arms.Length - 1 - index);
            line.MarkerShape = Palette.Marker(index);
            line.MarkerSize = 11;
            line.LegendText = arm.Name;
        }
    }

    private Plot Panel(string horizontal, string vertical, int top)
    {
        var plot = new Plot();
        plot.Axes.Bottom.TickGenerator = new NumericManual(
            [.. _shots.Select(shots => Math.Log10(shots))], [.. _shots.Select(shots => shots.ToString("N0", CultureInfo.InvariantCulture))]);
        plot.Axes.Left.TickGenerator = new NumericAutomatic { MinimumTickSpacing = 40, MinorTickGenerator = new EvenlySpacedMinorTickGenerator(1) };
        plot.XLabel(horizontal, 15);
        plot.YLabel(vertical, 15);
        plot.Font.Set(Palette.Font);
        plot.FigureBackground.Color = plot.DataBackground.Color = Palette.Ground;
        plot.Axes.Color(Palette.Ink);
        plot.Axes.Title.Label.FontSize = 17;
        plot.Axes.Left.TickLabelStyle.FontSize = plot.Axes.Bottom.TickLabelStyle.FontSize = 14;
        plot.Axes.Right.IsVisible = plot.Axes.Top.IsVisible = false;
        plot.Grid.XAxisStyle.IsVisible = false;
        plot.Grid.MajorLineColor = Palette.Line;
        plot.Legend.FontSize = 14;
        plot.Legend.FontColor = Palette.Ink;
        plot.Legend.BackgroundColor = Palette.Ground;
        plot.Legend.OutlineColor = Colors.Transparent;
        plot.Legend.ShadowColor = Colors.Transparent;
        plot.Axes.Left.MinimumSize = plot.Axes.Left.MaximumSize = 72;
        // The same edges in both panels, so that numbers of sentences stand below each other.
        var legend = 80 + 8 * _arms.Max(arm => arm.Name.Length);
        plot.Layout.Fixed(new PixelPadding(80, legend, horizontal.Length > 0 ? 60 : 34, top));
        plot.Axes.Margins(0, 0.12);
        plot.Axes.SetLimitsX(Left, Right);
        return plot;
    }
}
