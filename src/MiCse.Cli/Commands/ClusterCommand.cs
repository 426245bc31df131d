using System.CommandLine;
using System.Globalization;
using MiCse.Cli.Help;
using MiCse.Cli.Input;
using MiCse.Cli.Options;
using MiCse.Cli.Progress;
using MiCse.Cli.Terminal;
using MiCse.Cli.Views;
using MiCse.Cli.Views.Clusters;
using MiCse.Clustering;
using MiCse.Files;
using MiCse.Mapping;
using MiCse.Vectors;

namespace MiCse.Cli.Commands;

/// <summary>Texts → clusters with labels.</summary>
internal sealed class ClusterCommand : MiCseCommand
{
    private static readonly CommunityOptions s_defaults = new();

    private readonly TextArguments _texts = new();
    private readonly Option<int?> _clusters = Number.Optional("--clusters", "Number of clusters to find by k-means; every text is in one.", 1);
    private readonly Option<int> _restarts = Number.WithDefault(
        "--restarts", "With --clusters: starts of k-means, of which the best is kept.", 1, () => new KMeansOptions { Clusters = 1 }.Restarts);

    private readonly Option<double?> _minScore = Number.Optional(
        "--min-score",
        string.Create(CultureInfo.InvariantCulture, $"Without --clusters: find groups whose texts have at least this cosine with the text in the middle; a text without neighbours is in none (default: {s_defaults.MinScore})."),
        NumberRanges.Cosine);

    private readonly Option<int?> _minSize = Number.Optional("--min-size", $"Without --clusters: texts in a group at least (default: {s_defaults.MinSize}).", 1);
    private readonly Option<int?> _minClusterSize = Number.Optional(
        "--min-cluster-size", "Find clusters by density (HDBSCAN) of at least this many texts; their number is found, and a text between clusters is in none.", 2);

    private readonly Option<int?> _minSamples = Number.Optional(
        "--min-samples", "With --min-cluster-size: how many texts, itself included, are near a text in a dense place; more leave more texts out (default: the smallest cluster).", 1);

    private readonly Option<int?> _mapComponents = Number.Optional(
        "--map-components", "With --min-cluster-size: find the clusters on a map (UMAP) of so many dimensions, such as 5, where groups stand out more clearly.", 1);

    private readonly Option<long> _seed = CommonOptions.Seed();
    private readonly CsvSafeOption _csvSafe = new();
    private readonly ModelOptions _model = new();
    private readonly Option<bool> _json = CommonOptions.Json();
    private readonly OutputOption _output = OutputOption.File(
        "Also write every text with the number of its cluster (-1: in none) and its score, to a file ending in .jsonl or .csv.", "clusters", ".jsonl", ".csv");


    public ClusterCommand()
        : base(
            "cluster",
            "Puts texts of similar meaning into clusters and names each by its most typical text and its most characteristic words. "
            + "The score of a text is its cosine with the centre of its cluster.",
            "micse cluster news.csv --column title --label-column topic --clusters 4 --output clusters.csv")
    {
        _clusters.Aliases.Add("-k");
        _clusters.Aliases.Add("--k");
        Add(_texts.File);
        AddGroup("Texts", [.. _texts.All, _texts.LabelColumn]);
        AddGroup("Clusters", _clusters, _restarts, _minScore, _minSize, _minClusterSize, _minSamples, _mapComponents, _seed);
        AddGroup("Model", _model.All);
        AddGroup("Output", _json, _output, _csvSafe);
    }

    protected override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        CheckUsage(arguments);
        var output = arguments.GetValue(_output);
        var rows = _texts.ReadLabelled(arguments, streams, cancellationToken).ToList();
        if (rows.Count == 0)
        {
            throw new DataFormatException(_texts.Name(arguments), null, "holds no texts; there is nothing to cluster.");
        }

        string[] texts = [.. rows.Select(row => row.Text)];
        var embeddings = Encode(texts, arguments, streams, cancellationToken);
        var partition = arguments.GetValue(_clusters) is { } clusters ? FindClusters(embeddings, clusters, arguments, streams, cancellationToken)
            : arguments.GetValue(_minClusterSize) is { } size ? FindDense(embeddings, size, arguments, streams, cancellationToken)
            : FindCommunities(embeddings, arguments, streams, cancellationToken);
        var report = new ClusterReport(arguments.GetRequiredValue(_model.Model), texts, partition)
        {
            Labels = ClusterLabel.Describe(texts, partition),
            Silhouette = Silhouette.Of(embeddings, partition, arguments.GetValue(_model.Threads), cancellationToken),
            Agreement = arguments.GetValue(_texts.LabelColumn) is null ? null : ClusterReport.Agree(partition, [.. rows.Select(row => row.Label!)]),
        };
        if (output is not null)
        {
            ClusterFile.Write(output, _csvSafe.Apply(arguments, output, texts), partition);
        }

        if (arguments.GetValue(_json))
        {
            Json.WriteLine(streams.Output, report.ToJson());
        }
        else
        {
            report.Print(streams.Output, output);
        }

        return ExitCode.Done;
    }

    private void CheckUsage(ParseResult arguments)
    {
        if (arguments.GetValue(_clusters) is not null && (arguments.GetValue(_minScore) ?? arguments.GetValue(_minSize)) is not null)
        {
            throw new UsageException("--min-score and --min-size find groups of any number and do not go with --clusters, which fixes the number; give one or the other.");
        }

        Option[] dense = [_minSamples, _mapComponents];
        if (arguments.GetValue(_minClusterSize) is null && Array.Find(dense, option => arguments.GetResult(option) is { Implicit: false }) is { } given)
        {
            throw new UsageException($"{given.Name} is for clusters by density; give {_minClusterSize.Name} too.");
        }

        if (arguments.GetValue(_minClusterSize) is not null
            && (arguments.GetValue(_clusters) is not null || (arguments.GetValue(_minScore) ?? arguments.GetValue(_minSize)) is not null))
        {
            throw new UsageException($"{_minClusterSize.Name} finds clusters by density and does not go with {_clusters.Name}, {_minScore.Name} or {_minSize.Name}.");
        }
    }

    private EmbeddingMatrix Encode(string[] texts, ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        using var encoder = _model.Load(arguments, streams, cancellationToken);
        var encoded = ProgressDisplay.Run(streams, "encoding", "texts", progress => encoder.Encode(texts, new EncodingProgress(progress, texts.Length), cancellationToken));
        Truncation.Report(streams.Error, encoded.TruncatedCount, texts.Length, encoder.MaxTokens);
        return encoded.Embeddings;
    }

    private Partition FindClusters(EmbeddingMatrix embeddings, int clusters, ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var options = new KMeansOptions { Clusters = clusters, Restarts = arguments.GetValue(_restarts), Seed = arguments.GetValue(_seed), Threads = arguments.GetValue(_model.Threads) };
        var partition = ProgressDisplay.Run(
            streams, "clustering", "iterations", progress => KMeans.Cluster(embeddings, options, new IterationProgress(progress, options.Restarts), cancellationToken));
        if (partition.Count < clusters)
        {
            streams.Error.WriteLine(FormattableString.Invariant(
                $"micse: {clusters:N0} clusters were asked for and {partition.Count:N0} found: the texts have no more distinct embeddings."));
        }

        return partition;
    }

    private Partition FindDense(EmbeddingMatrix embeddings, int size, ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var threads = arguments.GetValue(_model.Threads);
        var options = new HdbscanOptions { MinSize = size, MinSamples = arguments.GetValue(_minSamples), Threads = threads };
        if (arguments.GetValue(_mapComponents) is not { } components)
        {
            return Find(embeddings);
        }

        // In hundreds of dimensions nearly all texts are equally far from each other; on a map of a few, groups stand out.
        var map = new UmapOptions { Components = components, MinDistance = 0, Seed = arguments.GetValue(_seed), Threads = threads };
        var points = ProgressDisplay.Run(
            streams, "mapping", "%", progress => arguments.Take(() => Umap.Fit(embeddings, map, new ShareProgress(progress, 100), cancellationToken))).Points;
        options = options with { Metric = DistanceMetric.Euclidean };
        return Partition.Of(embeddings, Find(points).Assignments);

        Partition Find(EmbeddingMatrix rows) => ProgressDisplay.Run(
            streams, "clustering", "%", progress => Hdbscan.Cluster(rows, options, new ShareProgress(progress, 100), cancellationToken));
    }

    private Partition FindCommunities(EmbeddingMatrix embeddings, ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var options = new CommunityOptions
        {
            MinScore = arguments.GetValue(_minScore) ?? s_defaults.MinScore,
            MinSize = arguments.GetValue(_minSize) ?? s_defaults.MinSize,
            Threads = arguments.GetValue(_model.Threads),
        };
        var pairs = embeddings.Count * (embeddings.Count - 1.0) / 2;
        return ProgressDisplay.Run(
            streams, "comparing", "pairs", progress => CommunityDetection.Detect(embeddings, options, new ShareProgress(progress, pairs), cancellationToken));
    }

    private sealed class IterationProgress(IProgress<WorkProgress> progress, int starts) : IProgress<KMeansProgress>
    {
        private int _done;

        public void Report(KMeansProgress value) => progress.Report(new WorkProgress(
            ++_done, null, string.Create(CultureInfo.InvariantCulture, $"start {value.Restart + 1} of {starts}, inertia {value.Inertia:N1}")));
    }
}
