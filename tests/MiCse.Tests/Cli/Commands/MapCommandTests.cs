using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using MiCse.Cli.Options;
using MiCse.Data;
using MiCse.Tests.Data;
using SkiaSharp;

namespace MiCse.Tests.Cli.Commands;

public sealed class MapCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;
    private readonly string _news;

    public MapCommandTests()
    {
        _model = TinyModel.Write(_folder.File("model"));
        _news = _folder.File("news.csv");
        File.WriteAllLines(_news, ["title,topic", .. Enumerable.Range(0, 30).Select(i => i % 2 == 0 ? $"the dog plays {(char)('b' + i % 20)} {i},animals" : $"snow falls in winter {i},weather")]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_file_that_is_read_is_not_written_over()
    {
        var before = File.ReadAllText(_news);

        var run = CommandRun.Of("map", _folder.File("n*.csv"), "--column", "title", "--model", _model, "-o", _news);

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith($"micse: --output: {_news} is a file that is read; name another.", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(_news));
    }

    [Fact]
    public void One_dimension_is_a_table_too()
    {
        var run = Map("map.csv", "--components", "1", "--save-map", _folder.File("saved.map"));

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(30, TextFile.ReadRows(_folder.File("map.csv"), new TextFileOptions { Columns = ["component1"] }).Select(row => Number(row.Values[0])).Distinct().Count());
    }

    [Fact]
    public void A_map_of_another_model_is_called_a_map_and_a_file_that_is_none_names_the_option_that_writes_one()
    {
        Assert.Equal(0, Map("map.csv", "--save-map", _folder.File("saved.map")).ExitCode);

        var foreign = CommandRun.Of("map", _news, "--column", "title", "--map", _folder.File("saved.map"), "-o", _folder.File("more.csv"));
        var none = Map("more.csv", "--map", _news);

        Assert.Equal((1, 1), (foreign.ExitCode, none.ExitCode));
        Assert.EndsWith("; use the map's model, or build a new map.\n", foreign.Error, StringComparison.Ordinal);
        Assert.EndsWith("is not a map; `micse map` writes one with --save-map.\n", none.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_counts_points_and_says_how_far_to_believe_them()
    {
        var run = Map("map.csv", "--json");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(30, run.Json.GetProperty("points").GetInt32());
        Assert.InRange(run.Json.GetProperty("trustworthiness").GetDouble(), 0.5, 1);
    }

    [Fact]
    public void A_table_has_every_text_with_its_place()
    {
        Assert.Equal(0, Map("map.csv").ExitCode);

        var rows = TextFile.ReadRows(_folder.File("map.csv"), new TextFileOptions { Columns = ["text", "label", "x", "y"] }).ToList();
        Assert.Equal(TextFile.ReadTexts(_news, new TextFileOptions { Columns = ["title"] }), rows.Select(row => row.Values[0]));
        Assert.Equal(Enumerable.Range(0, 30).Select(i => i % 2 == 0 ? "animals" : "weather"), rows.Select(row => row.Values[1]));
        Assert.Equal(30, rows.Select(row => (Number(row.Values[2]), Number(row.Values[3]))).Distinct().Count());
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes_on_any_number_of_threads()
    {
        Map("one.csv", "--threads", "1");
        Map("two.csv", "--threads", "2");
        Map("other.csv", "--threads", "2", "--seed", "1");

        Assert.Equal(File.ReadAllBytes(_folder.File("one.csv")), File.ReadAllBytes(_folder.File("two.csv")));
        Assert.NotEqual(File.ReadAllBytes(_folder.File("one.csv")), File.ReadAllBytes(_folder.File("other.csv")));
    }

    [Fact]
    public void A_map_has_as_many_components_as_asked_for()
    {
        Assert.Equal(0, Map("map.csv", "--components", "3", "--metric", "euclidean").ExitCode);
        Assert.StartsWith("text,label,component1,component2,component3", File.ReadLines(_folder.File("map.csv")).First(), StringComparison.Ordinal);
        Assert.Equal(0, Map("cosine.csv", "--components", "3", "--metric", "cosine").ExitCode);
        Assert.NotEqual(File.ReadAllText(_folder.File("map.csv")), File.ReadAllText(_folder.File("cosine.csv")));

        var picture = Map("map.html", "--components", "3");
        Assert.Equal(2, picture.ExitCode);
        Assert.Contains("--components: a map of 3 dimensions is no picture; write it to a file ending in .csv.", picture.Error, StringComparison.Ordinal);
        Assert.Equal(2, Map("map.csv", "--components", "101").ExitCode);
    }

    [Fact]
    public void A_saved_map_takes_other_texts_and_stays_as_it_is()
    {
        Assert.Equal(0, Map("map.csv", "--save-map", _folder.File("news.map")).ExitCode);
        var saved = File.ReadAllBytes(_folder.File("news.map"));

        Assert.Equal(0, Map("one.csv", "--map", _folder.File("news.map")).ExitCode);
        File.WriteAllLines(_news, File.ReadAllLines(_news)[..2]);
        Assert.Equal(0, Map("two.csv", "--map", _folder.File("news.map")).ExitCode);

        Assert.Equal(saved, File.ReadAllBytes(_folder.File("news.map")));
        Assert.Equal(File.ReadLines(_folder.File("one.csv")).Take(2), File.ReadLines(_folder.File("two.csv")));
        var both = Map("map.csv", "--map", _folder.File("news.map"), "--components", "3");
        Assert.Equal(2, both.ExitCode);
        Assert.Contains("--components is for a map that is drawn and does not go with --map", both.Error, StringComparison.Ordinal);
        Assert.Equal(1, Map("map.csv", "--map", _news).ExitCode);
    }

    [Fact]
    public void A_page_holds_its_texts_and_fetches_nothing()
    {
        File.AppendAllLines(_news, ["\"</script><b>{{script}} & ü\",weather"]);

        Assert.Equal(0, Map("map.html", "--title", "News <1>").ExitCode);

        var page = File.ReadAllText(_folder.File("map.html"));
        Assert.Contains("<title>News &lt;1&gt;</title>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", page.Replace("{{script}}", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotMatch("""(src|href)\s*=\s*"(?!data:,)|url\(|https?:|@import""", page);
        var data = JsonDocument.Parse(Regex.Match(page, """<script id="data" type="application/json">(.*?)</script>""", RegexOptions.Singleline).Groups[1].Value).RootElement;
        Assert.Equal("News <1>", data.GetProperty("title").GetString());
        Assert.Equal("</script><b>{{script}} & ü", data.GetProperty("texts")[30].GetString());
        Assert.Equal(["animals", "weather"], data.GetProperty("labels").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal([0, 1, 0], data.GetProperty("label").EnumerateArray().Take(3).Select(index => index.GetInt32()));
        Assert.Equal((31, 31), (data.GetProperty("x").GetArrayLength(), data.GetProperty("y").GetArrayLength()));
    }

    [Fact]
    public void A_png_has_dots_in_the_colour_of_every_label()
    {
        Assert.Equal(0, Map("map.png").ExitCode);

        using var image = SKBitmap.Decode(_folder.File("map.png"));
        Assert.Equal((2400, 1800), (image.Width, image.Height));
        Assert.All(["#0072B2", "#D55E00"], color => Assert.True(image.Pixels.Count(pixel => Math.Abs(pixel.Hue - SKColor.Parse(color).Hue) < 3 && pixel.Red != pixel.Blue) > 1000));
    }

    [Fact]
    public void Pictures_can_be_dark()
    {
        Assert.Equal(0, Map("dark.png", "--dark").ExitCode);
        Assert.Equal(0, Map("dark.svg", "--dark").ExitCode);

        using var image = SKBitmap.Decode(_folder.File("dark.png"));
        Assert.Equal(SKColor.Parse("#14171B"), image.GetPixel(2, 2));
        Assert.True(image.Pixels.Count(pixel => pixel == SKColor.Parse("#E8EAED")) > 500);
        Assert.Contains("#14171B", File.ReadAllText(_folder.File("dark.svg")), StringComparison.OrdinalIgnoreCase);

        var page = Map("map.html", "--dark");
        Assert.Equal(2, page.ExitCode);
        Assert.Contains("--dark is for pictures, a .png or .svg file", page.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_of_clusters_do_not_stand_on_each_other()
    {
        // Six labels of texts that are all the same: their middles are one place.
        File.WriteAllLines(_news, ["title,topic", .. Enumerable.Range(0, 60).Select(row => $"the dog plays {row % 7},label number {row % 6}")]);
        Assert.Equal(0, Map("map.svg").ExitCode);

        var names = XDocument.Load(_folder.File("map.svg")).Descendants()
            .Where(element => element.Name.LocalName == "text" && element.Attribute("font-size")?.Value == "16" && element.Value.Trim().StartsWith("label number", StringComparison.Ordinal))
            .Select(element => (X: Start(element, "x"), Y: Start(element, "y"))).Distinct().ToList();
        Assert.Equal(6, names.Count);
        Assert.All(names.Index(), first => Assert.All(names.Skip(first.Index + 1), second =>
            Assert.True(Math.Abs(first.Item.Y - second.Y) >= 20 || Math.Abs(first.Item.X - second.X) >= 100)));

        static float Start(XElement text, string axis) =>
            float.Parse(text.Attribute(axis)!.Value.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries)[0], CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Clusters_are_labels_named_by_their_words()
    {
        var run = CommandRun.Of("map", _news, "--column", "title", "-k", "2", "--model", _model, "-o", _folder.File("map.csv"));

        Assert.Equal(0, run.ExitCode);
        var clusters = TextFile.ReadRows(_folder.File("map.csv"), new TextFileOptions { Columns = ["label"] }).Select(row => row.Values[0]).ToList();
        Assert.Single(clusters.Distinct(), name => Regex.IsMatch(name, "^[12] .*(dog|plays)"));
        Assert.Single(clusters.Distinct(), name => Regex.IsMatch(name, "^[12] .*(snow|falls)"));
        Assert.Equal(2, clusters.Distinct().Count());
    }

    [Fact]
    public void An_svg_names_title_and_labels()
    {
        Assert.Equal(0, Map("map.svg").ExitCode);

        var texts = XDocument.Load(_folder.File("map.svg")).Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value.Trim()).ToList();
        Assert.Contains("news.csv", texts);
        Assert.Contains("15", texts);
        Assert.Equal(3, texts.Count(text => text == "animals"));
    }

    [Fact]
    public void The_projector_gets_embeddings_and_texts_line_by_line()
    {
        File.AppendAllLines(_news, ["\"hello\tworld\nagain\",weather"]);

        var run = Map("map.tsv");

        Assert.Equal(["points", "trustworthiness", "map", "texts"], run.Output.Trim().Split('\n').Select(line => line.Split(' ')[0]));
        var vectors = File.ReadAllLines(_folder.File("map.tsv"));
        var metadata = File.ReadAllLines(_folder.File("map-metadata.tsv"));
        Assert.Equal((31, 32), (vectors.Length, metadata.Length));
        Assert.Equal("text\tlabel\tx\ty", metadata[0]);
        Assert.StartsWith("hello world again\tweather\t", metadata[31], StringComparison.Ordinal);
        using var encoder = SentenceEncoder.Load(_model);
        Close.Assert(encoder.Encode("hello\tworld\nagain", TestContext.Current.CancellationToken), vectors[30].Split('\t').Select(value => float.Parse(value, CultureInfo.InvariantCulture)), 1e-5);
    }

    [Fact]
    public void One_text_has_a_map_without_trustworthiness()
    {
        var run = CommandRun.With("hello world\n", CancellationToken.None, "map", "--model", _model, "-o", _folder.File("map.html"), "--json");

        Assert.Equal("""{"points":1,"trustworthiness":null}""", run.Output.Trim());
        Assert.True(File.Exists(_folder.File("map.html")));
    }

    [Fact]
    public void Copies_of_a_text_have_a_map()
    {
        File.WriteAllLines(_folder.File("copies.txt"), Enumerable.Repeat("the dog", 25));

        Assert.All(["png", "svg", "html"], ending =>
            Assert.Equal(0, CommandRun.Of("map", _folder.File("copies.txt"), "--model", _model, "-o", _folder.File($"map.{ending}")).ExitCode));
    }

    [Fact]
    public void No_texts_are_one_sentence()
    {
        var run = CommandRun.With("", CancellationToken.None, "map", "--model", _model, "-o", _folder.File("map.html"));

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("micse: standard input: holds no texts; a map needs at least one.", Assert.Single(run.ErrorLines));
        Assert.False(File.Exists(_folder.File("map.html")));
    }

    [Theory]
    [InlineData(2, "expected .html, .svg, .png, .csv or .tsv", "--output", "map.pdf")]
    [InlineData(2, "--min-distance: expected a number from 0 to 1, found '1.5'.", "--output", "map.png", "--min-distance", "1.5")]
    [InlineData(2, "--k colours by cluster and --label-column by label", "--output", "map.png", "--k", "3", "--label-column", "topic")]
    [InlineData(1, "there is no column 'colour'", "--output", "map.png", "--label-column", "colour")]
    public void What_cannot_be_is_one_sentence(int exitCode, string message, params string[] arguments)
    {
        var run = CommandRun.Of(["map", _news, "--column", "title", "--model", _model, .. arguments]);

        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(message, run.ErrorLines[0], StringComparison.Ordinal);
    }

    private CommandRun Map(string output, params string[] arguments) =>
        CommandRun.Of(["map", _news, "--column", "title", "--label-column", "topic", "--model", _model, "-o", _folder.File(output), .. arguments]);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [Fact]
    public void The_epochs_change_the_map()
    {
        Map("a.csv", "--epochs", "5");
        Map("b.csv", "--epochs", "5");
        Map("c.csv");

        Assert.Equal(File.ReadAllText(_folder.File("a.csv")), File.ReadAllText(_folder.File("b.csv")));
        Assert.NotEqual(File.ReadAllText(_folder.File("a.csv")), File.ReadAllText(_folder.File("c.csv")));
    }
}
