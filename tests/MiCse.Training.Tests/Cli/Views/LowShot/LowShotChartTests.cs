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
        Assert.All([0, 1, 2], index => Assert.True(Count(image, Palette.Series(index), 0, 960) > 1000));
        Assert.All([1, 2], index => Assert.True(Count(image, Palette.Series(index), 960, 1560) > 1000));
        Assert.Equal(0, Count(image, Palette.Series(0), 960, 1560));
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
        new LowShotChart(SampleReport.Of([64, 1_000], [48, 49, 50], [LowShotArm.Control, MiCse, Strong], Score)).WriteSvg(stream);

        var texts = XDocument.Parse(Encoding.UTF8.GetString(stream.ToArray())).Descendants()
            .Where(element => element.Name.LocalName == "text").Select(element => element.Value.Trim()).ToArray();
        Assert.All(
            ["base: STS12", "SimCSE", "miCSE", "miCSE λ 0.1", "64", "1,000", "untrained 40.0", "sentences (bars: ± one standard deviation over 3 seeds)", "difference to SimCSE"],
            text => Assert.Contains(text, texts));
    }

    [Fact]
    public void Scores_that_are_not_defined_are_left_out()
    {
        using var image = Png(SampleReport.Of([64, 1_000], [48], [LowShotArm.Control, MiCse], cell => cell.Arm == MiCse ? double.NaN : Score(cell), double.NaN));

        Assert.True(Count(image, Palette.Series(0), 0, 960) > 1000);
        Assert.Equal(0, Count(image, Palette.Series(1), 0, 1560));
    }

    private static double Score(LowShotCell cell) =>
        0.45 + 0.03 * Math.Log10(cell.Shots) + 0.01 * (cell.Seed - 48) + (cell.Arm == MiCse ? 0.02 : cell.Arm == Strong ? -0.02 : 0);

    private static SKBitmap Png(LowShotReport report)
    {
        using var stream = new MemoryStream();
        new LowShotChart(report).WritePng(stream);
        return SKBitmap.Decode(stream.ToArray());
    }

    private static int Count(SKBitmap image, ScottPlot.Color color, int top, int bottom)
    {
        var pixels = image.Pixels.AsSpan(top * image.Width, (bottom - top) * image.Width);
        return pixels.Count(new SKColor(color.R, color.G, color.B));
    }
}
