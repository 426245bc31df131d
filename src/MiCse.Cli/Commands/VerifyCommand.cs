using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using MiCse.Cli.Help;
using MiCse.Cli.Input;
using MiCse.Cli.Options;
using MiCse.Cli.Terminal;
using MiCse.Cli.Views;
using MiCse.Data;
using MiCse.Export;
using MiCse.Files;
using MiCse.Models;
using MiCse.Search;
using MiCse.Training.Model;
using MiCse.Verification;

namespace MiCse.Cli.Commands;

/// <summary>Checks that a model's embeddings are what they should be on this machine.</summary>
internal sealed class VerifyCommand : MiCseCommand
{
    private const int DrawnTexts = 60;
    private const long DrawSeed = 42;

    private readonly ModelOptions _model = new();

    private readonly Option<string?> _data = new("--data")
    {
        Description = $"The texts (default: {DrawnTexts} texts of words drawn from the vocabulary, or those of --golden).",
        HelpName = "FILE",
    };

    private readonly ColumnOptions _columns = new();

    private readonly Option<string?> _golden = new("--golden")
    {
        Description = "Golden vectors that --write wrote: their texts must have these embeddings still.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _against = new("--against")
    {
        Description = "A database, postgres://…, of `micse index push`: what its approximate search finds of what an exact one finds, for the texts of --data or, without it, rows "
            + "of the table; nothing else is checked then. Anything else is taken as --golden takes it.",
        HelpName = "URL",
    };

    private readonly Option<double> _tolerance = Number.WithDefault(
        "--tolerance", "Largest difference allowed to a golden vector or the other engine; processors differ in the last digits.", 0.0, () => 1e-4);

    private readonly OutputOption _write = OutputOption.Named("--write", "Write golden vectors: the texts and their embeddings as JSON.", "FILE");

    private readonly Option<EncoderPrecision?> _comparePrecision = ModelOptions.CreatePrecision(
        "--compare-precision", "Compare with another precision of the model too.");

    private readonly Option<double> _minCosine = Number.WithDefault(
        "--min-cosine", "The least mean cosine between the two precisions.", 0.0, () => 0.99);

    private readonly Option<bool> _libtorch = new("--libtorch") { Description = "Compare with libtorch, the engine of training, too; in float32." };

    private readonly PostgresArguments _postgres = new();
    private readonly Option<int> _top = Number.WithDefault("--top", "With a database, how many nearest texts are looked for.", 1, () => 10);
    private readonly Option<double> _minRecall = Number.WithDefault("--min-recall", "With a database, the least share of them that must be found.", new NumberRange<double>(0, 1), () => 0.9);
    private readonly Option<bool> _json = CommonOptions.Json();

    public VerifyCommand()
        : base(
            "verify",
            "Checks that a text's embedding is the same alone, in any batch and on any number of threads; against golden vectors, another precision "
            + "or libtorch where that is asked for. Exit code 1 when a check fails.",
            "micse verify --model published --golden golden.json --compare-precision fp32")
    {
        AddGroup("Texts", [_data, .. _columns.All]);
        AddGroup("Model", _model.OfOwnEngine);
        AddGroup("Checks", _golden, _tolerance, _comparePrecision, _minCosine, _libtorch);
        AddGroup("Database", _against, _postgres.Table, _postgres.EfSearch, _top, _minRecall);
        AddGroup("Output", _write, _json);
    }

    private string? Given(ParseResult arguments) => arguments.GetValue(_golden) ?? arguments.GetValue(_against);

    protected override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        if (arguments.GetValue(_against) is { } address && PostgresArguments.IsAddress(address))
        {
            return VerifyDatabase(address, arguments, streams, cancellationToken);
        }

        var golden = Given(arguments) is { } file ? GoldenVectors.Read(file) : null;
        var name = arguments.GetRequiredValue(_model.Model);
        var folder = ModelName.Resolve(name, streams, cancellationToken);
        var options = _model.ToOptions(arguments);
        using var encoder = arguments.Take(() => SentenceEncoder.Load(folder, options));
        var texts = Texts(encoder, golden, arguments, streams, cancellationToken);
        var embeddings = encoder.Encode(texts, null, cancellationToken).Embeddings;
        var checks = new List<VerificationCheck>
        {
            EncoderVerification.Batches(encoder, texts, cancellationToken),
            EncoderVerification.Threads(threads => SentenceEncoder.Load(folder, options with { Threads = threads }), [1, 2, 3], texts, cancellationToken),
        };
        if (golden is not null)
        {
            checks.Add(Golden(golden, encoder, file: Given(arguments)!, arguments, cancellationToken));
        }

        if (arguments.GetValue(_comparePrecision) is { } precision)
        {
            using var other = SentenceEncoder.Load(folder, options with { Precision = precision });
            checks.Add(EmbeddingComparison.Alike(
                $"{encoder.Precision.Name()} and {precision.Name()}", other.Encode(texts, null, cancellationToken).Embeddings, embeddings, arguments.GetValue(_minCosine)));
        }

        if (arguments.GetValue(_libtorch))
        {
            LibTorchFetch.Ensure(streams, cancellationToken);
            checks.Add(Libtorch(folder, options, texts, arguments, cancellationToken));
        }

        if (arguments.GetValue(_write) is { } target)
        {
            new GoldenVectors(name, encoder.Pooling.Name, encoder.Precision.Name(), texts, embeddings).Write(target);
        }

        Print(checks, texts.Count, arguments, streams);
        return checks.TrueForAll(check => check.Ok) ? ExitCode.Done : ExitCode.Failed;
    }

    // By itself, so that the client of databases is loaded for them alone.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int VerifyDatabase(string address, ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken) => arguments.Take(() =>
        new RecallVerification(address, _postgres.TableOf(arguments), arguments.GetValue(_postgres.EfSearch), arguments.GetValue(_top), arguments.GetValue(_minRecall)).Run(
            arguments.GetValue(_data) is null ? null : source =>
            {
                using var encoder = _model.Load(
                    arguments.GetResult(_model.Model) is { Implicit: false } ? arguments.GetRequiredValue(_model.Model) : source.Model, arguments, streams, cancellationToken);
                source.Require(VectorSource.Of(encoder), address);
                return (encoder.EncodeQuery([.. Texts(encoder, golden: null, arguments, streams, cancellationToken)], null, cancellationToken).Embeddings, encoder.Measure);
            },
            arguments.GetValue(_json),
            streams,
            cancellationToken));

    private IReadOnlyList<string> Texts(
        SentenceEncoder encoder, GoldenVectors? golden, ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        if (arguments.GetValue(_data) is not { } path)
        {
            return golden?.Texts ?? SampleTexts.Draw(encoder.Tokenizer, DrawnTexts, DrawSeed);
        }

        string[] texts = [.. TextFile.ReadTexts(OptionValues.Read(_data.Name, () => HubFetch.DataFile(path, streams, cancellationToken)), _columns.ToOptions(arguments))];
        return texts.Length > 0 ? texts : throw new DataFormatException(path, null, "holds no texts.");
    }

    private VerificationCheck Golden(
        GoldenVectors golden, SentenceEncoder encoder, string file, ParseResult arguments, CancellationToken cancellationToken)
    {
        if (golden.Embeddings.Dimensions != encoder.Dimensions || golden.Pooling != encoder.Pooling.Name)
        {
            throw new DataFormatException(
                file, null, $"holds vectors of {golden.Model} ({golden.Pooling}, {golden.Embeddings.Dimensions} dimensions); this model's are of "
                + $"{encoder.Pooling.Name}, {encoder.Dimensions} dimensions.");
        }

        var found = encoder.Encode(golden.Texts, null, cancellationToken).Embeddings;
        return EmbeddingComparison.Near($"golden vectors of {golden.Model} in {golden.Precision}", golden.Embeddings, found, arguments.GetValue(_tolerance));
    }

    private VerificationCheck Libtorch(
        string folder, SentenceEncoderOptions options, IReadOnlyList<string> texts, ParseResult arguments, CancellationToken cancellationToken)
    {
        using var encoder = SentenceEncoder.Load(folder, options with { Precision = EncoderPrecision.Float32 });
        return EmbeddingComparison.Near(
            "this encoder and libtorch in fp32",
            arguments.Take(() => LibtorchEncoder.Encode(encoder, texts, cancellationToken)),
            encoder.Encode(texts, null, cancellationToken).Embeddings,
            arguments.GetValue(_tolerance));
    }

    private void Print(List<VerificationCheck> checks, int texts, ParseResult arguments, StandardStreams streams)
    {
        var ok = checks.TrueForAll(check => check.Ok);
        if (arguments.GetValue(_json))
        {
            Json.WriteLine(streams.Output, new JsonObject
            {
                ["maxAbsoluteDifference"] = checks.Max(check => check.MaxAbsoluteDifference),
                ["meanCosine"] = checks.Min(check => check.MeanCosine),
                ["ok"] = ok,
                ["texts"] = texts,
                ["checks"] = Json.Array(checks.Select(check => new JsonObject
                {
                    ["name"] = check.Name,
                    ["demand"] = check.Demand,
                    ["ok"] = check.Ok,
                    ["maxAbsoluteDifference"] = check.MaxAbsoluteDifference,
                    ["meanCosine"] = check.MeanCosine,
                    ["worstCosine"] = check.WorstCosine,
                })),
            });
            return;
        }

        Columns.Write(
            streams.Output,
            [
                ["", $"{texts:N0} texts", "demanded", "largest difference", "mean cosine", "worst"],
                .. checks.Select(check => new[]
                {
                    check.Ok ? "ok" : "FAILED",
                    check.Name,
                    check.Demand,
                    FormattableString.Invariant($"{check.MaxAbsoluteDifference:0.#e+0}"),
                    FormattableString.Invariant($"{check.MeanCosine:0.000000}"),
                    FormattableString.Invariant($"{check.WorstCosine:0.000000}"),
                }),
            ],
            3, 4, 5);
    }
}
