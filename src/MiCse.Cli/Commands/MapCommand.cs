using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MiCse.Cli.Charts;
using MiCse.Cli.Options;
using MiCse.Cli.Output;
using MiCse.Cli.Progress;
using MiCse.Clustering;
using MiCse.Files;
using MiCse.Mapping;
using MiCse.Vectors;

namespace MiCse.Cli.Commands;

/// <summary>Texts → a map on which like texts lie near each other.</summary>
internal sealed class MapCommand : MiCseCommand
{
    private const int TrustNeighbors = 5;
    private const int WordsPerCluster = 3;

    /// <summary>Trustworthiness is measured at this many texts at most: each is compared with all.</summary>
    private const int MostTrustRows = 10_000;

    private static readonly UmapOptions s_defaults = new();

    private readonly TextArguments _texts = new();
    private readonly ModelOptions _model = new();
    private readonly Option<int> _neighbors = Number.WithDefault(
        "--neighbors", "Texts that count as near one, itself included: more show the large picture, fewer the fine one.", 2, () => s_defaults.Neighbors);

    private readonly Option<double> _minDistance = Number.WithDefault(
        "--min-distance", "How near points may lie in the map, from 0 to 1: less packs groups tighter.", 0.0, () => s_defaults.MinDistance);

    private readonly Option<int?> _clusters = Number.Optional("--k", "Colour by so many k-means clusters, named by their words, instead of by --label-column.", 1);
    private readonly Option<long> _seed = CommonOptions.Seed();
    private readonly Option<string?> _title = new("--title") { Description = "The heading (default: the file's name).", HelpName = "TEXT" };
    private readonly Option<string> _output = new("--output", "-o")
    {
        Description = "The file to write; its ending chooses the format: .html (a page to explore), .svg, .png, .csv (places), or .tsv (the pair of files that TensorBoard's projector loads).",
        HelpName = "FILE",
        Required = true,
    };

    private readonly CsvSafeOption _csvSafe = new();
    private readonly Option<bool> _json = CommonOptions.Json();

    public MapCommand()
        : base(
            "map",
            "Draws texts as points of a map (UMAP): like texts lie near each other.",
            "micse map news.csv --column title --label-column topic --output news.html")
    {
        _clusters.Aliases.Add("-k");
        Add(_texts.File);
        AddGroup("Texts", [.. _texts.All, _texts.LabelColumn]);
        AddGroup("Model", _model.All);
        AddGroup("Map", _clusters, _neighbors, _minDistance, _seed);
        AddGroup("Output", _output, _title, _csvSafe, _json);
    }

    public override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellation)
    {
        var output = arguments.GetRequiredValue(_output);
        MapFile.Check(output);
        if (arguments.GetValue(_minDistance) is > 1 and var distance)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{_minDistance.Name} is {distance}; it must be from 0 to 1."));
        }

        if (arguments.GetValue(_clusters) is not null && arguments.GetValue(_texts.LabelColumn) is not null)
        {
            throw new ArgumentException($"{_clusters.Name} colours by cluster and {_texts.LabelColumn.Name} by label; give one of them.");
        }

        var rows = _texts.ReadLabelled(arguments, streams, cancellation).ToList();
        var texts = rows.ConvertAll(row => row.Text);
        var labels = arguments.GetValue(_texts.LabelColumn) is null ? null : rows.ConvertAll(row => row.Label!);
        if (texts.Count == 0)
        {
            throw new DataFormatException(_texts.Name(arguments), null, "holds no texts; a map needs at least one.");
        }

        using var encoder = _model.Load(arguments, streams, cancellation);
        var encoded = ProgressDisplay.Run(
            streams, "encoding", "texts", progress => encoder.Encode(texts, EncodingProgress.After(progress, 0, texts.Count), cancellation));
        var options = new UmapOptions
        {
            Neighbors = arguments.GetValue(_neighbors),
            MinDistance = arguments.GetValue(_minDistance),
            Seed = arguments.GetValue(_seed),
            Threads = arguments.GetValue(_model.Threads),
        };
        var points = ProgressDisplay.Run(
            streams, "mapping", "%", progress => Umap.Fit(encoded.Embeddings, options, new PercentProgress(progress), cancellation)).Points;
        var trustworthiness = Trust(encoded.Embeddings, points, options.Threads, streams, cancellation);
        labels = arguments.GetValue(_clusters) is { } clusters
            ? ClusterNames(texts, encoded.Embeddings, new KMeansOptions { Clusters = clusters, Seed = options.Seed, Threads = options.Threads }, cancellation)
            : labels;
        var title = arguments.GetValue(_title) ?? Path.GetFileName(_texts.Name(arguments));
        var map = new TextMap(
            title, _csvSafe.Apply(arguments, output, texts), labels is null ? null : _csvSafe.Apply(arguments, output, labels), points, trustworthiness);
        var files = MapFile.Write(output, map, encoded.Embeddings);
        Print(arguments, streams, texts.Count, trustworthiness, files);
        Truncation.Report(streams.Error, encoded.TruncatedCount, texts.Count, encoder.MaxTokens);
        return ExitCode.Done;
    }

    /// <summary>The cluster of each text: a number, so that names are different and the largest comes first, and its words.</summary>
    private static List<string> ClusterNames(IReadOnlyList<string> texts, EmbeddingMatrix embeddings, KMeansOptions options, CancellationToken cancellation)
    {
        var partition = KMeans.Cluster(embeddings, options, progress: null, cancellation);
        var digits = new string('0', partition.Count.ToString(CultureInfo.InvariantCulture).Length);
        var names = ClusterLabel.Describe(texts, partition, WordsPerCluster)
            .Select((label, cluster) => $"{(cluster + 1).ToString(digits, CultureInfo.InvariantCulture)} {string.Join(", ", label.Words)}".TrimEnd()).ToList();
        return [.. partition.Assignments.Select(cluster => names[cluster])];
    }

    private static double? Trust(EmbeddingMatrix embeddings, EmbeddingMatrix points, int? threads, StandardStreams streams, CancellationToken cancellation)
    {
        var neighbors = Math.Min(TrustNeighbors, (points.Count - 1) / 2);
        return neighbors == 0
            ? null
            : ProgressDisplay.Run(streams, "checking", "texts", progress => Trustworthiness.Of(
                embeddings, points, neighbors, MostTrustRows, threads, new CountProgress(progress, Math.Min(points.Count, MostTrustRows)), cancellation));
    }

    private void Print(ParseResult arguments, StandardStreams streams, int count, double? trustworthiness, IReadOnlyList<string> files)
    {
        if (arguments.GetValue(_json))
        {
            Json.WriteLine(streams.Output, new JsonObject { ["points"] = count, ["trustworthiness"] = trustworthiness });
            return;
        }

        Columns.Write(
            streams.Output,
            [
                ["points", count.ToString("N0", CultureInfo.InvariantCulture)],
                ["trustworthiness", trustworthiness?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "-"],
                .. files.Index().Select(file => new[] { file.Index == 0 ? "map" : "texts", file.Item }),
            ]);
    }

    private sealed class PercentProgress(IProgress<WorkProgress> progress) : IProgress<double>
    {
        public void Report(double value) => progress.Report(new WorkProgress(100 * value, 100));
    }
}
