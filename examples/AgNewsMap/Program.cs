// AG News as in the model card of miCSE: 7,600 news clustered without their classes, compared with them, and drawn as a map.
//   dotnet run -c Release --project examples/AgNewsMap
//   dotnet run -c Release --project examples/AgNewsMap -- test.csv news.png
using MiCse;
using MiCse.Clustering;
using MiCse.Data;
using MiCse.Mapping;
using ScottPlot;
using SkiaSharp;

var data = args.ElementAtOrDefault(0) ?? Path.Combine("..", "shared", "data", "ag_news", "test.csv");
var picture = args.ElementAtOrDefault(1) ?? Path.Combine(Path.GetTempPath(), "ag-news.png");
if (!File.Exists(data))
{
    Console.WriteLine($"There is no {data}; name the test.csv of AG News (no header, columns class, title, description) as the first argument.");
    return;
}

string[] classes = ["World", "Sports", "Business", "Sci/Tech"];
var rows = TextFile.ReadRows(data, new TextFileOptions { Columns = ["1", "2", "3"], NoHeader = true }).ToList();
var topics = rows.ConvertAll(row => classes[int.Parse(row.Values[0]) - 1]);
var texts = rows.ConvertAll(row => $"{row.Values[1]}. {row.Values[2]}");

using var encoder = SentenceEncoder.Load("micse-small-en");
var embeddings = encoder.Encode(texts).Embeddings;

var clusters = KMeans.Cluster(embeddings, new KMeansOptions { Clusters = classes.Length, Seed = 42 });
foreach (var (members, label) in clusters.Members.Zip(ClusterLabel.Describe(texts, clusters)))
{
    var topic = members.CountBy(member => topics[member]).MaxBy(count => count.Value);
    Console.WriteLine($"{members.Count,5} texts, {(double)topic.Value / members.Count:0%} of them {topic.Key}: {string.Join(", ", label.Words)}");
}

var agreement = ClusterAgreement.NormalizedMutualInformation(clusters.Assignments, topics);
Console.WriteLine($"normalised mutual information with the classes {agreement:0.000}");

var map = Umap.Fit(embeddings, new UmapOptions { Seed = 42 }).Points;
using var plot = new Plot();
// Okabe and Ito's colours, which people with any colour vision tell apart. Drawn in slices, so that no topic covers the others.
string[] colors = ["#0072B2", "#D55E00", "#009E73", "#CC79A7"];
foreach (var slice in Enumerable.Range(0, texts.Count).Chunk(100))
{
    foreach (var members in slice.GroupBy(row => topics[row]))
    {
        var points = plot.Add.ScatterPoints(members.Select(row => map[row][0]).ToList(), members.Select(row => map[row][1]).ToList());
        (points.Color, points.MarkerSize) = (Color.FromHex(colors[Array.IndexOf(classes, members.Key)]).WithAlpha(0.6), 6);
    }
}

string[] fonts = ["Helvetica Neue", "Segoe UI", "Liberation Sans", "DejaVu Sans"];
var font = fonts.FirstOrDefault(SKFontManager.Default.FontFamilies.Contains) ?? Fonts.Default;
var legend = classes.Zip(colors, (topic, color) => new LegendItem
{
    LabelText = topic, LabelFontName = font, LabelFontSize = 20, MarkerShape = MarkerShape.FilledCircle, MarkerColor = Color.FromHex(color), MarkerSize = 14,
});
plot.HideAxesAndGrid();
var title = plot.Add.Annotation($"{texts.Count:N0} news of AG News by topic", Alignment.UpperLeft);
(title.LabelFontName, title.LabelFontSize, title.LabelBold, title.LabelBackgroundColor, title.LabelBorderColor, title.LabelShadowColor) = (font, 26, true, Colors.White, Colors.White, Colors.White);

// A few texts far away would make all the others small: half a percent at each end is left out. The same scale along both axes.
var (left, right) = Ends(0);
var (bottom, top) = Ends(1);
plot.Axes.SetLimits(left, right, bottom, top);
plot.Axes.SquareUnits();
plot.ShowLegend(legend, Alignment.LowerLeft);
plot.SavePng(picture, 1200, 900);
Console.WriteLine($"map in {picture}");

(float Low, float High) Ends(int axis)
{
    var sorted = Enumerable.Range(0, map.Count).Select(row => map[row][axis]).Order().ToList();
    return (sorted[map.Count / 200] - 0.5f, sorted[^(1 + map.Count / 200)] + 0.5f);
}
