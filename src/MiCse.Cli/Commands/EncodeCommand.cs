using System.CommandLine;
using System.Text.Json.Nodes;
using MiCse.Cli.Help;
using MiCse.Cli.Input;
using MiCse.Cli.Options;
using MiCse.Cli.Progress;
using MiCse.Cli.Terminal;
using MiCse.Cli.Views;
using MiCse.Data;
using MiCse.Files;
using MiCse.Inference;
using MiCse.Vectors;

namespace MiCse.Cli.Commands;

/// <summary>Texts → embeddings as they are read: memory does not grow with the number of texts.</summary>
internal sealed class EncodeCommand : MiCseCommand
{
    private readonly TextArguments _texts = new() { BeginningsOnly = true };
    private readonly ModelOptions _model = new();
    private readonly ShardArguments _shards = new();
    private readonly OutputOption _output;
    private readonly Option<EmbeddingType?> _type = new Choice<EmbeddingType>([.. EmbeddingTypes.All])
        .ToOption(
            "--output-type",
            "What an embedding is written as: numbers of a byte, 256 levels in the range of each dimension, or a bit a dimension, eight in a byte (default: float32).");

    private readonly Option<string?> _calibration = new("--calibration")
    {
        Description = "Texts whose embeddings give int8 and uint8 the range of each dimension; vectors that are compared must have the same (default: the texts that are encoded).",
        HelpName = "FILE",
    };

    private readonly Option<bool> _json = new("--json")
    {
        Description = "With --output, print {\"texts\", \"truncated\", \"dimensions\", \"tokens\", \"computedTokens\", \"output\"} when done; "
            + "without it the output is JSON lines in any case.",
    };

    // Of fewer texts, the smallest and largest value of a dimension are not what others reach.
    private const int FewForRanges = 100;

    public EncodeCommand()
        : base("encode", "Encodes texts: one line {\"text\", \"embedding\", \"tokens\", \"truncated\"} each.", "micse encode sentences.txt --output embeddings.npy")
    {
        _output = OutputOption.File(
            "Write a file instead of standard output; its ending chooses the format: .jsonl, .npy, .safetensors or .parquet. With --shards a folder.",
            "embeddings", _shards.Shards, ".jsonl", ".npy", ".safetensors", ".parquet");
        Add(_texts.File);
        AddGroup("Texts", _texts.All);
        AddGroup("Model", _model.All);
        AddGroup("Output", _output, _type, _calibration, _json);
        AddGroup("Many machines", _shards.All);
        Validators.Add(result =>
        {
            if (result.GetResult(_shards.Shard) is not null && result.GetResult(_shards.Shards) is null)
            {
                result.AddError($"{_shards.Shard.Name}: needs {_shards.Shards.Name}, the number of all shards.");
            }

            if (result.GetResult(_shards.Shards) is not null && result.GetResult(_output) is null)
            {
                result.AddError($"{_shards.Shards.Name}: needs {_output.Name}, the folder of the parts.");
            }
        });
    }

    protected override bool WritesOutput(ParseResult arguments) => arguments.GetValue(_output) is null || arguments.GetValue(_json);

    protected override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var path = arguments.GetValue(_output);
        if (arguments.GetValue(_shards.Shards) is { } shards)
        {
            return EncodeShard(new ShardTask(_shards.NumberOf(arguments, streams.Variable), shards, path!), arguments, streams, cancellationToken);
        }

        _shards.RequireOneProcess(streams.Variable);
        var type = arguments.GetValue(_type) ?? EmbeddingType.Float32;
        if (path is null && EmbeddingQuantization.NeedsRanges(type) && arguments.GetValue(_calibration) is null)
        {
            throw new UsageException(
                $"{_type.Name} {EmbeddingTypes.Name(type)}: a line of JSON is written before the ranges of all embeddings are known; give texts for them with {_calibration.Name}, or name a .npy or .safetensors file with {_output.Name}.");
        }

        using var encoder = _model.Load(arguments, streams, cancellationToken);
        var total = _texts.Count(arguments, streams, cancellationToken);
        var (ranges, count) = Ranges(encoder, type, arguments, streams, cancellationToken);
        using var writer = path is null
            ? EmbeddingWriter.JsonLines(streams.OutputIsTerminal ? new VisibleOutput(streams.OutputBytes) : streams.OutputBytes, type, ranges)
            : EmbeddingWriter.Create(path, encoder.Dimensions, type, ranges);
        var texts = _texts.Read(arguments, streams, cancellationToken);

        // On a terminal the results themselves show the progress.
        var (truncated, work) = path is null && streams.OutputIsTerminal
            ? Encode(texts, total, encoder, writer, progress: null, cancellationToken)
            : ProgressDisplay.Run(streams, "encoding", "texts", progress => Encode(texts, total, encoder, writer, progress, cancellationToken));
        writer.Complete();

        if (path is not null && arguments.GetValue(_json))
        {
            Json.WriteLine(streams.Output, new JsonObject
            {
                ["texts"] = writer.Count,
                ["truncated"] = truncated,
                ["dimensions"] = encoder.Dimensions,
                ["tokens"] = work.TokensDone,
                ["computedTokens"] = work.TokensComputed,
                ["output"] = path,
            });
        }
        else if (path is not null)
        {
            streams.Error.WriteLine(FormattableString.Invariant($"micse: {path}: {writer.Count:N0} embeddings of {encoder.Dimensions} dimensions."));
        }

        Truncation.Report(streams.Error, truncated, writer.Count, encoder.MaxTokens);
        var measured = count ?? writer.Count;
        if (EmbeddingQuantization.NeedsRanges(type) && measured < FewForRanges)
        {
            streams.Error.WriteLine($"The range of each dimension comes from {measured} texts, whose levels say little about others: give some hundreds like them with {_calibration.Name}.");
        }

        return ExitCode.Done;
    }

    private int EncodeShard(ShardTask task, ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var type = arguments.GetValue(_type) ?? EmbeddingType.Float32;
        if (EmbeddingQuantization.NeedsRanges(type) && arguments.GetValue(_calibration) is null)
        {
            throw new UsageException($"{_shards.Shards.Name}: with {_type.Name} {EmbeddingTypes.Name(type)} the ranges of the dimensions must be the same in all shards; give texts for them with {_calibration.Name}.");
        }

        return task.Run(
            stop =>
            {
                var files = _texts.Files(arguments, streams, stop);
                var encoder = _model.Load(arguments, streams, stop);
                var model = arguments.GetRequiredValue(_model.Model);
                return (encoder, files, task.Plan(encoder, Directory.Exists(model) ? Path.GetFullPath(model) : model, files, _texts.Columns.ToOptions(arguments), _texts.LimitOf(arguments), type, arguments.GetValue(_calibration)));
            },
            (encoder, stop) => Ranges(encoder, type, arguments, streams, stop).Ranges,
            arguments.GetValue(_json),
            streams,
            cancellationToken);
    }

    private (QuantizationRanges? Ranges, int? Count) Ranges(SentenceEncoder encoder, EmbeddingType type, ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        if (arguments.GetValue(_calibration) is not { } path)
        {
            return (null, null);
        }

        if (!EmbeddingQuantization.NeedsRanges(type))
        {
            throw new UsageException($"{_calibration.Name}: ranges are for --output-type int8 and uint8 alone.");
        }

        string[] texts = [.. TextFile.ReadTexts(OptionValues.Read(_calibration.Name, () => HubFetch.DataFile(path, streams, cancellationToken)), _texts.Columns.ToOptions(arguments))];
        return texts.Length > 0
            ? (QuantizationRanges.Of(encoder.Encode(texts, null, cancellationToken).Embeddings), texts.Length)
            : throw new DataFormatException(path, null, "holds no texts.");
    }

    private static (long Truncated, EncodeProgress Work) Encode(
        IEnumerable<string> texts,
        long? total,
        SentenceEncoder encoder,
        EmbeddingWriter writer,
        IProgress<WorkProgress>? progress,
        CancellationToken cancellationToken)
    {
        var watch = new EncodingProgress(progress, total);

        // Input that arrives line by line, typed or from another program, is answered line by line.
        var stream = total is null
            ? encoder.EncodeStreamAsync(LiveTexts.Read(texts, cancellationToken), watch, cancellationToken).ToBlockingEnumerable(cancellationToken)
            : encoder.EncodeStream(texts, watch, cancellationToken);
        var truncated = 0L;
        foreach (var encoded in stream)
        {
            writer.Write(encoded);
            truncated += encoded.Truncated ? 1 : 0;
        }

        return (truncated, watch.Done);
    }
}
