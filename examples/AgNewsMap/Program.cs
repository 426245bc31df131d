// AG News as in the model card of miCSE: 7,600 news clustered without their classes, compared with them, and drawn as a map.
//   dotnet run -c Release --project examples/AgNewsMap
//   dotnet run -c Release --project examples/AgNewsMap -- test.csv news.png
using MiCse;
using MiCse.Clustering;
using MiCse.Data;
using MiCse.Mapping;
using ScottPlot;

var data = args.ElementAtOrDefault(0) ?? Path.Combine("..", "shared", "data", "ag_news", "test.csv");
var picture = args.ElementAtOrDefault(1) ?? "ag-news.png";
if (!File.Exists(data))
{
    Console.WriteLine($"There is no {data}; name the test.csv of AG News (no header, columns class, title, description) as the first argument.");
    return;
}

string[] classes = ["World", "Sports", "Business", "Sci/Tech"];
var rows = TextFile.ReadRows(data, new TextFileOptions { Columns = ["1", "2", "3"], NoHeader = true }).ToList();
var topics = rows.ConvertAll(row => classes[int.Parse(row.Values[0]) - 1]);
var texts = rows.ConvertAll(row => $"{row.Values[1]}. {row.Values[2]}");

using var encoder = SentenceEncoder.Load("micse-mini-en");
var embeddings = encoder.Encode(texts).Embeddings;

var clusters = KMeans.Cluster(embeddings, new KMeansOptions { Clusters = classes.Length, Seed = 42 });
foreach (var (members, label) in clusters.Members.Zip(ClusterLabel.Describe(texts, clusters)))
{
    var topic = members.CountBy(member => topics[member]).MaxBy(count => count.Value);
    Console.WriteLine($"{members.Count,5} texts, {(double)topic.Value / members.Count:0%} of them {topic.Key}: {string.Join(", ", label.Words)}");
}

Console.WriteLine($"normalised mutual information with the classes {ClusterAgreement.NormalizedMutualInformation(clusters.Assignments, topics):0.000}");

var map = Umap.Fit(embeddings, new UmapOptions { Seed = 42 }).Points;
using var plot = new Plot();
var legend = new List<LegendItem>();
// Okabe and Ito's colours, which people with any colour vision tell apart.
foreach (var (topic, color) in classes.Zip(["#0072B2", "#D55E00", "#009E73", "#CC79A7"]))
{
    var members = Enumerable.Range(0, topics.Count).Where(row => topics[row] == topic).ToList();
    var points = plot.Add.ScatterPoints(members.ConvertAll(row => map[row][0]), members.ConvertAll(row => map[row][1]));
    (points.Color, points.MarkerSize) = (Color.FromHex(color).WithAlpha(0.6), 3);
    legend.Add(new LegendItem { LabelText = topic, LabelFontSize = 18, MarkerShape = MarkerShape.FilledCircle, MarkerColor = Color.FromHex(color), MarkerSize = 12 });
}

plot.HideAxesAndGrid();
plot.ShowLegend(legend, Alignment.LowerLeft);
plot.SavePng(picture, 1200, 900);
Console.WriteLine($"map in {picture}");
