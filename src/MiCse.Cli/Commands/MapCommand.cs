using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MiCse.Cli.Help;
using MiCse.Cli.Input;
using MiCse.Cli.Options;
using MiCse.Cli.Progress;
using MiCse.Cli.Terminal;
using MiCse.Cli.Views;
using MiCse.Cli.Views.Map;
using MiCse.Views.Map;
using MiCse.Clustering;
using MiCse.Files;
using MiCse.Mapping;
using MiCse.Search;
using MiCse.Vectors;

namespace MiCse.Cli.Commands;

/// <summary>Texts → a map on which similar texts are close to each other.</summary>
internal sealed class MapCommand : MiCseCommand
{
    private const int TrustNeighbors = 5;

    /// <summary>Trustworthiness is measured at this many texts at most: each is compared with all.</summary>
    private const int MostTrustRows = 10_000;

    private static readonly UmapOptions s_defaults = new();

    private readonly TextArguments _texts = new();
    private readonly ModelOptions _model = new();
    private readonly Option<int> _neighbors = Number.WithDefault(
        "--neighbors", "Size of a text's neighbourhood, itself included: larger values show the global structure, smaller ones local detail.", 2, () => s_defaults.Neighbors);

    private readonly Option<double> _minDistance = Number.WithDefault(
        "--min-distance", "Smallest distance of points in the map, from 0 to 1: smaller values pack groups tighter.", new NumberRange<double>(0, 1), () => s_defaults.MinDistance);

    private readonly Option<int?> _epochs = Number.Optional(
        "--epochs", "Passes over the neighbours of all points while the map is laid out (default: 500 for up to 10,000 texts, 200 above).", 1);

    private readonly Option<int> _components = Number.WithDefault(
        "--components", "Dimensions of the map: 2 for a picture, others for a table of coordinates (.csv) as input for something else.", 1, () => s_defaults.Components);

    private readonly Option<DistanceMetric?> _metric = new Choice<DistanceMetric>(("cosine", DistanceMetric.Cosine), ("euclidean", DistanceMetric.Euclidean))
        .ToOption("--metric", "How far embeddings are from each other (default: cosine).");

    private readonly OutputOption _saveMap = OutputOption.Named("--save-map", "Also write the map itself to a file, so that other texts can be placed in it.", "FILE");
    private readonly Option<string?> _map = new("--map")
    {
        Description = "Place the texts in a map that --save-map wrote, which stays as it is, instead of drawing one.",
        HelpName = "FILE",
    };

    private readonly Option<int?> _clusters = Number.Optional("--clusters", "Colour by this number of k-means clusters, named by their words, instead of by --label-column.", 1);
    private readonly Option<long> _seed = CommonOptions.Seed();
    private readonly Option<string?> _title = new("--title") { Description = "The heading (default: the file's name).", HelpName = "TEXT" };
    private readonly OutputOption _output = OutputOption.File(
        "The file to write; its ending chooses the format: .html (a page to explore), .svg, .png, .csv (coordinates), or .tsv (the pair of files that TensorBoard's projector loads).",
        "a map",
        MapFile.Endings);

    private readonly DarkOption _dark = new();
    private readonly CsvSafeOption _csvSafe = new();
    private readonly Option<bool> _json = CommonOptions.Json();

    public MapCommand()
        : base(
            "map",
            "Draws texts as points of a map (UMAP) on which similar texts are close to each other.",
            "micse map news.csv --column title --label-column topic --output news.html")
    {
        _clusters.Aliases.Add("-k");
        _clusters.Aliases.Add("--k");
        _output.Required = true;
        Add(_texts.File);
        AddGroup("Texts", [.. _texts.All, _texts.LabelColumn]);
        AddGroup("Model", _model.All);
        AddGroup("Map", _clusters, _neighbors, _minDistance, _components, _metric, _epochs, _seed, _map, _saveMap);
        AddGroup("Output", _output, _title, _dark, _csvSafe, _json);
    }

    protected override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var output = arguments.GetRequiredValue(_output);
        if (arguments.GetValue(_clusters) is not null && arguments.GetValue(_texts.LabelColumn) is not null)
        {
            throw new UsageException($"{_clusters.Name} colours by cluster and {_texts.LabelColumn.Name} by label; give one of them.");
        }

        CheckMap(arguments, output);
        var palette = _dark.Palette(arguments, output);
        var rows = _texts.ReadLabelled(arguments, streams, cancellationToken).ToList();
        var texts = rows.ConvertAll(row => row.Text);
        var labels = arguments.GetValue(_texts.LabelColumn) is null ? null : rows.ConvertAll(row => row.Label!);
        if (texts.Count == 0)
        {
            throw new DataFormatException(_texts.Name(arguments), null, "holds no texts; a map needs at least one.");
        }

        using var encoder = _model.Load(arguments, streams, cancellationToken);
        var encoded = ProgressDisplay.Run(
            streams, "encoding", "texts", progress => encoder.Encode(texts, new EncodingProgress(progress, texts.Count), cancellationToken));
        var options = new UmapOptions
        {
            Neighbors = arguments.GetValue(_neighbors),
            MinDistance = arguments.GetValue(_minDistance),
            Components = arguments.GetValue(_components),
            Metric = arguments.GetValue(_metric) ?? s_defaults.Metric,
            Epochs = arguments.GetValue(_epochs),
            Seed = arguments.GetValue(_seed),
            Threads = arguments.GetValue(_model.Threads),
        };
        var name = arguments.GetRequiredValue(_model.Model);
        VectorSource Source() => VectorSource.Of(encoder, Directory.Exists(name) ? null : name);
        var points = arguments.GetValue(_map) is { } saved
            ? Place(saved, Source(), encoded.Embeddings, output, options.Threads, cancellationToken)
            : Draw(arguments, Source, encoded.Embeddings, options, streams, cancellationToken);
        var trustworthiness = Trust(encoded.Embeddings, points, options.Threads, streams, cancellationToken);
        labels = arguments.GetValue(_clusters) is { } clusters
            ? NameClusters(texts, encoded.Embeddings, new KMeansOptions { Clusters = clusters, Seed = options.Seed, Threads = options.Threads }, cancellationToken)
            : labels;
        var title = arguments.GetValue(_title) ?? Path.GetFileName(_texts.Name(arguments));
        var map = new TextMap(
            title, _csvSafe.Apply(arguments, output, texts), labels is null ? null : _csvSafe.Apply(arguments, output, labels), points, trustworthiness);
        var files = MapFile.Write(output, map, encoded.Embeddings, palette);
        Print(arguments, streams, texts.Count, trustworthiness, files);
        Truncation.Report(streams.Error, encoded.TruncatedCount, texts.Count, encoder.MaxTokens);
        return ExitCode.Done;
    }

    /// <exception cref="UsageException">The options of a map that is drawn, for one that was.</exception>
    private void CheckMap(ParseResult arguments, string output)
    {
        Option[] drawing = [_neighbors, _minDistance, _components, _metric, _epochs, _saveMap];
        if (arguments.GetValue(_map) is not null && Array.Find(drawing, option => arguments.GetResult(option) is { Implicit: false }) is { } given)
        {
            throw new UsageException($"{given.Name} is for a map that is drawn and does not go with {_map.Name}, which is as it is.");
        }

        CheckComponents(arguments.GetValue(_components), output, _components.Name);
    }

    private static void CheckComponents(int components, string output, string what)
    {
        if (components != 2 && !output.EndsWith(".csv", StringComparison.OrdinalIgnoreCase))
        {
            throw new UsageException(FormattableString.Invariant($"{what}: a map of {components} dimensions is no picture; write it to a file ending in .csv."));
        }
    }

    private EmbeddingMatrix Place(
        string path, VectorSource source, EmbeddingMatrix embeddings, string output, int? threads, CancellationToken cancellationToken)
    {
        var map = Umap.Load(path, out var own, threads);
        own.Require(source, path, "map");
        CheckComponents(map.Options.Components, output, _map.Name);
        return map.Transform(embeddings, cancellationToken);
    }

    private EmbeddingMatrix Draw(
        ParseResult arguments, Func<VectorSource> source, EmbeddingMatrix embeddings, UmapOptions options, StandardStreams streams, CancellationToken cancellationToken)
    {
        var map = ProgressDisplay.Run(
            streams, "mapping", "%", progress => arguments.Take(() => Umap.Fit(embeddings, options, new ShareProgress(progress, 100), cancellationToken)));
        if (arguments.GetValue(_saveMap) is { } path)
        {
            map.Save(path, source());
        }

        return map.Points;
    }

    /// <summary>The cluster of each text: a number, so that names are different and the largest comes first, and its words.</summary>
    private static List<string> NameClusters(IReadOnlyList<string> texts, EmbeddingMatrix embeddings, KMeansOptions options, CancellationToken cancellationToken)
    {
        var partition = KMeans.Cluster(embeddings, options, progress: null, cancellationToken);
        return ClusterNames.Of(texts, partition);
    }

    /// <summary>How far to believe a map; null for so few texts that it says nothing.</summary>
    public static double? Trust(EmbeddingMatrix embeddings, EmbeddingMatrix points, int? threads, StandardStreams streams, CancellationToken cancellationToken)
    {
        var neighbors = Math.Min(TrustNeighbors, (points.Count - 1) / 2);
        return neighbors == 0
            ? null
            : ProgressDisplay.Run(streams, "checking", "texts", progress => Trustworthiness.Of(
                embeddings, points, neighbors, MostTrustRows, threads, new CountProgress(progress, Math.Min(points.Count, MostTrustRows)), cancellationToken));
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
}
