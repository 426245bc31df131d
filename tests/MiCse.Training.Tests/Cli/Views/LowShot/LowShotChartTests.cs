using System.Text;
using System.Xml.Linq;
using MiCse.Cli.Views;
using MiCse.Cli.Views.LowShot;
using MiCse.Training.Contrastive;
using MiCse.Training.LowShot;
using MiCse.Training.Tests.LowShot;
using SkiaSharp;

namespace MiCse.Training.Tests.Cli.Views.LowShot;

public class LowShotChartTests
{
    private static readonly LowShotArm MiCse = new(TrainingMethod.MiCse);
    private static readonly LowShotArm Strong = new(TrainingMethod.MiCse, 0.1);

    [Fact]
    public void The_png_has_every_arm_in_its_colour_in_both_panels()
    {
        using var image = Png(SampleReport.Of([64, 1_000], [48, 49], [LowShotArm.Control, MiCse, Strong], Score));

        Assert.Equal((2000, 1560), (image.Width, image.Height));
        Assert.All([0, 1, 2], index => Assert.True(Count(image, Palette.Light.Series(index), 0, 960) > 1000));
        Assert.All([1, 2], index => Assert.True(Count(image, Palette.Light.Series(index), 960, 1560) > 1000));
        Assert.Equal(0, Count(image, Palette.Light.Series(0), 960, 1560));
    }

    [Fact]
    public void Without_simcse_there_is_one_panel()
    {
        using var image = Png(SampleReport.Of([64], [48], [MiCse], Score));

        Assert.Equal((2000, 960), (image.Width, image.Height));
    }

    [Fact]
    public void The_svg_names_arms_numbers_and_the_untrained_model()
    {
        using var stream = new MemoryStream();
        new LowShotChart(SampleReport.Of([64, 1_000], [48, 49, 50], [LowShotArm.Control, MiCse, Strong], Score), Palette.Light).WriteSvg(stream);

        var texts = XDocument.Parse(Encoding.UTF8.GetString(stream.ToArray())).Descendants()
            .Where(element => element.Name.LocalName == "text").Select(element => element.Value.Trim()).ToArray();
        Assert.All(
            ["Low-shot study of base: STS12", "SimCSE", "miCSE", "miCSE λ 0.1", "64", "1,000", "untrained 40.0", "sentences (bars: ± one standard deviation over 3 seeds)", "difference to SimCSE"],
            text => Assert.Contains(text, texts));
    }

    [Fact]
    public void Scores_that_are_not_defined_are_left_out()
    {
        using var image = Png(SampleReport.Of([64, 1_000], [48], [LowShotArm.Control, MiCse], cell => cell.Arm == MiCse ? double.NaN : Score(cell), double.NaN));

        Assert.True(Count(image, Palette.Light.Series(0), 0, 960) > 1000);
        Assert.Equal(0, Count(image, Palette.Light.Series(1), 0, 1560));
    }

    private static double Score(LowShotCell cell) =>
        0.45 + 0.03 * Math.Log10(cell.Shots) + 0.01 * (cell.Seed - 48) + (cell.Arm == MiCse ? 0.02 : cell.Arm == Strong ? -0.02 : 0);

    [Fact]
    public void Of_lines_that_run_together_all_are_seen_on_either_ground() => Assert.All([Palette.Light, Palette.Dark], palette =>
    {
        using var image = Png(SampleReport.Of([64, 1_000], [48, 49], [LowShotArm.Control, MiCse, Strong], _ => 0.5), palette);

        Assert.Equal(new SKColor(palette.Ground.R, palette.Ground.G, palette.Ground.B), image.GetPixel(1, 1));

        // Between the numbers of sentences and left of the legend there are only lines.
        Assert.All([0, 1, 2], index => Assert.True(Count(image, palette.Series(index), 0, 960, from: 500, to: 1300) > 200, $"arm {index}"));
    });

    private static SKBitmap Png(LowShotReport report, Palette? palette = null)
    {
        using var stream = new MemoryStream();
        new LowShotChart(report, palette ?? Palette.Light).WritePng(stream);
        return SKBitmap.Decode(stream.ToArray());
    }

    private static int Count(SKBitmap image, ScottPlot.Color color, int top, int bottom, int from = 0, int? to = null)
    {
        var pixels = image.Pixels;
        return Enumerable.Range(top, bottom - top).Sum(row =>
            pixels.AsSpan(row * image.Width + from, (to ?? image.Width) - from).Count(new SKColor(color.R, color.G, color.B)));
    }
}
