using System.Globalization;
using System.Text;
using MiCse.Data;
using MiCse.Mapping;
using MiCse.Vectors;

namespace MiCse.VectorSpeed;

/// <summary>The map of AG News' test split, with umap-learn's beside it.</summary>
internal sealed class MapSpeed(Setting setting, string model, string news) : SpeedSection
{
    private const string Ours = "micse";
    private const string Seeded = "umap-learn, with a seed";
    private const string Unseeded = "umap-learn, without a seed";

    private readonly string _vectors = setting.PathOf("news");

    public override string Title => "Map: AG News";

    public override void Prepare() => Read();

    public override string Measure()
    {
        var vectors = Read();
        using var umap = PythonContestant.Start(setting.Python, "umap_learn.py", _vectors, $"{vectors.Dimensions}");
        var contest = new Contest();
        var maps = new Dictionary<string, EmbeddingMatrix>();
        contest.Add(Ours, () => { maps[Ours] = Umap.Fit(vectors).Points; });
        foreach (var (name, seed) in umap is null ? [] : new[] { (Seeded, "42"), (Unseeded, "none") })
        {
            contest.Add(name, () =>
            {
                var seconds = umap!.Seconds($"{seed} {setting.PathOf("map")}");
                maps[name] = VectorFile.Read(setting.PathOf("map"), 2);
                return seconds;
            });
        }

        contest.Run(setting.Rounds);
        var text = new StringBuilder(FormattableString.Invariant(
            $"""
            {Machine.Description}. Medians of {setting.Rounds} rounds; {vectors.Count} vectors of {vectors.Dimensions} dimensions; {(umap is null ? "there was no umap for this Python" : $"{umap.Name}, compiled before")}.

            | map | s | against micse | trustworthiness, 5 neighbours | 15 neighbours |
            |---|---|---|---|---|

            """));
        foreach (var (name, map) in maps)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"| {name} | {contest.Seconds(name):0.0} | {contest.Ratio(Ours, name):0.0} × | {Trustworthiness.Of(vectors, map):0.0000} | {Trustworthiness.Of(vectors, map, 15):0.0000} |\n");
        }

        return text.ToString();
    }

    private EmbeddingMatrix Read() =>
        VectorFile.Encode(_vectors, model, TextFile.ReadTexts(news, new TextFileOptions { Columns = ["3"], NoHeader = true }));
}
