using System.Text;
using System.Xml.Linq;
using MiCse.Cli.Views;
using MiCse.Cli.Views.LowShot;
using MiCse.Training.Contrastive;
using MiCse.Training.LowShot;
using MiCse.Training.Tests.LowShot;
using SkiaSharp;

namespace MiCse.Training.Tests.Cli.Views.LowShot;

public class LowShotDotsTests
{
    private static readonly LowShotArm MiCse = new(TrainingMethod.MiCse);
    private static readonly LowShotArm[] Arms = [LowShotArm.Control, MiCse, new(TrainingMethod.MiCse, 0.1)];

    [Fact]
    public void Every_arm_is_in_its_colour_in_every_panel_on_either_ground() => Assert.All([Palette.Light, Palette.Dark], palette =>
    {
        using var image = Png(Report(Score), palette);

        Assert.Equal(new SKColor(palette.Ground.R, palette.Ground.G, palette.Ground.B), image.GetPixel(1, 1));
        Assert.All([0, 1, 2], index =>
        {
            Assert.True(Count(image, palette.Series(index), 256, 820) > 100, $"arm {index}, average");
            Assert.True(Count(image, palette.Series(index), 820, image.Width) > 100, $"arm {index}, STS-B dev");
        });
    });

    [Fact]
    public void The_svg_names_arms_scores_means_and_what_bars_are()
    {
        using var stream = new MemoryStream();
        new LowShotDots(Report(Score), Palette.Light).WriteSvg(stream);

        var texts = XDocument.Parse(Encoding.UTF8.GetString(stream.ToArray())).Descendants()
            .Where(element => element.Name.LocalName == "text").Select(element => element.Value.Trim()).ToArray();
        Assert.All(
            ["Low-shot study of base: 64 sentences of wiki.txt", "means over 3 seeds, bars: ± one standard deviation; the line is the untrained model", "SimCSE", "miCSE", "miCSE λ 0.1", "STS12", "STS-B dev", "51.00", "61.00"],
            text => Assert.Contains(text, texts));
    }

    [Fact]
    public void Scores_that_are_not_defined_are_left_out()
    {
        using var image = Png(Report(cell => cell.Arm == MiCse ? double.NaN : Score(cell), double.NaN), Palette.Light);

        Assert.True(Count(image, Palette.Light.Series(0), 0, image.Width) > 100);
        Assert.Equal(0, Count(image, Palette.Light.Series(1), 0, image.Width));
    }

    [Fact]
    public void One_seed_has_no_bars()
    {
        using var stream = new MemoryStream();
        new LowShotDots(SampleReport.Of([64], [48], Arms, Score), Palette.Light).WriteSvg(stream);

        Assert.Contains("one seed; the line is the untrained model", Encoding.UTF8.GetString(stream.ToArray()), StringComparison.Ordinal);
    }

    private static double Score(LowShotCell cell) => 0.49 + (0.01 * (cell.Seed - 48)) + (cell.Arm == MiCse ? 0.01 : 0);

    private static LowShotReport Report(Func<LowShotCell, double> score, double untrained = 0.4) => SampleReport.Of([64], [48, 49, 50], Arms, score, untrained);

    private static SKBitmap Png(LowShotReport report, Palette palette)
    {
        using var stream = new MemoryStream();
        new LowShotDots(report, palette).WritePng(stream);
        return SKBitmap.Decode(stream.ToArray());
    }

    private static int Count(SKBitmap image, ScottPlot.Color color, int from, int to)
    {
        var pixels = image.Pixels;
        return Enumerable.Range(0, image.Height).Sum(row => pixels.AsSpan((row * image.Width) + from, to - from).Count(new SKColor(color.R, color.G, color.B)));
    }
}
