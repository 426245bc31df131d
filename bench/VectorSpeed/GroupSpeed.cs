using System.Globalization;
using System.Text;
using MiCse.Clustering;
using MiCse.Data;
using MiCse.Search;
using MiCse.Vectors;

namespace MiCse.VectorSpeed;

/// <summary>Pairs, k-means and communities of real sentences.</summary>
internal sealed class GroupSpeed(Setting setting, string model, string sentences) : SpeedSection
{
    private const int PairRows = 100_000;
    private const int ClusterRows = 50_000;

    public override string Title => "Groups: sentences of Wikipedia";

    public override void Prepare() => Read();

    public override string Measure()
    {
        var all = Read();
        var some = new EmbeddingMatrix(all.Values[..(ClusterRows * all.Dimensions)].ToArray(), ClusterRows, all.Dimensions);
        var tasks = new (int Rows, string Name, Func<string> Run)[]
        {
            (PairRows, "pairs: up to 10 neighbours each from 0.8", () => Count(ParaphraseMining.Find(all, new ParaphraseOptions { Neighbors = 10, MinScore = 0.8 }).Count, "pairs")),
            (ClusterRows, "k-means, 20 clusters, 4 starts", () => KMeansOf(some, 20)),
            (ClusterRows, "k-means, 100 clusters, 4 starts", () => KMeansOf(some, 100)),
            (ClusterRows, "communities from 0.75", () => Count(CommunityDetection.Detect(some).Count, "communities")),
            (ClusterRows, "communities from 0.5", () => Count(CommunityDetection.Detect(some, new CommunityOptions { MinScore = 0.5 }).Count, "communities")),
        };
        var contest = new Contest();
        var results = new Dictionary<string, string>();
        foreach (var (_, name, run) in tasks)
        {
            contest.Add(name, () => { results[name] = run(); });
        }

        contest.Run(setting.Rounds);
        var text = new StringBuilder(FormattableString.Invariant(
            $"""
            {Machine.Description}. Medians of {setting.Rounds} rounds; vectors of {all.Dimensions} dimensions.

            | task | vectors | s | result |
            |---|---|---|---|

            """));
        foreach (var (count, name, _) in tasks)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {name} | {count:N0} | {contest.Seconds(name):0.0} | {results[name]} |\n");
        }

        return text.ToString();
    }

    private static string KMeansOf(EmbeddingMatrix vectors, int clusters) =>
        string.Create(CultureInfo.InvariantCulture, $"inertia {KMeans.Cluster(vectors, new KMeansOptions { Clusters = clusters }).Inertia:N0}");

    private static string Count(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {what}");

    private EmbeddingMatrix Read() => VectorFile.Encode(setting.PathOf("wikipedia"), model, TextFile.ReadTexts(sentences).Take(PairRows));
}
