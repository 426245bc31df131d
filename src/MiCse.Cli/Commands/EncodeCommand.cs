using System.CommandLine;
using System.Text.Json.Nodes;
using MiCse.Cli.Help;
using MiCse.Cli.Input;
using MiCse.Cli.Options;
using MiCse.Cli.Progress;
using MiCse.Cli.Terminal;
using MiCse.Cli.Views;
using MiCse.Data;
using MiCse.Inference;
using MiCse.Vectors;

namespace MiCse.Cli.Commands;

/// <summary>Texts → embeddings as they are read: memory does not grow with the number of texts.</summary>
internal sealed class EncodeCommand : MiCseCommand
{
    private readonly TextArguments _texts = new();
    private readonly ModelOptions _model = new();
    private readonly Option<bool> _normalize = new("--normalize") { Description = "Scale every embedding to length 1, so that a dot product is a cosine." };
    private readonly OutputOption _output = OutputOption.File(
        "Write a file instead of standard output; its ending chooses the format: .jsonl, .npy, .safetensors or .parquet.",
        "embeddings", ".jsonl", ".npy", ".safetensors", ".parquet");

    private readonly Option<bool> _json = new("--json")
    {
        Description = "With --output, print {\"texts\", \"truncated\", \"dimensions\", \"tokens\", \"computedTokens\", \"output\"} when done; "
            + "without it the output is JSON lines in any case.",
    };

    public EncodeCommand()
        : base("encode", "Encodes texts: one line {\"text\", \"embedding\", \"tokens\", \"truncated\"} each.", "micse encode sentences.txt --output embeddings.npy")
    {
        Add(_texts.File);
        AddGroup("Texts", _texts.All);
        AddGroup("Model", [.. _model.All, _normalize]);
        AddGroup("Output", _output, _json);
    }

    protected override bool WritesOutput(ParseResult arguments) => arguments.GetValue(_output) is null || arguments.GetValue(_json);

    protected override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var path = arguments.GetValue(_output);
        using var encoder = _model.Load(arguments, streams, cancellationToken);
        var total = _texts.Count(arguments, streams, cancellationToken);
        using var writer = path is null ? EmbeddingWriter.JsonLines(streams.OutputIsTerminal ? new VisibleOutput(streams.OutputBytes) : streams.OutputBytes) : EmbeddingWriter.Create(path, encoder.Dimensions);
        var normalize = arguments.GetValue(_normalize);
        var texts = _texts.Read(arguments, streams, cancellationToken);

        // On a terminal the results themselves show the progress.
        var (truncated, work) = path is null && streams.OutputIsTerminal
            ? Encode(texts, total, encoder, writer, normalize, progress: null, cancellationToken)
            : ProgressDisplay.Run(streams, "encoding", "texts", progress => Encode(texts, total, encoder, writer, normalize, progress, cancellationToken));
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

        Truncation.Report(streams.Error, truncated, writer.Count, encoder.MaxTokens);
        return ExitCode.Done;
    }

    private static (long Truncated, EncodeProgress Work) Encode(
        IEnumerable<string> texts,
        long? total,
        SentenceEncoder encoder,
        EmbeddingWriter writer,
        bool normalize,
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
            writer.Write(normalize ? encoded with { Embedding = Normalized(encoded.Embedding) } : encoded);
            truncated += encoded.Truncated ? 1 : 0;
        }

        return (truncated, watch.Done);
    }

    // A vector of zeros has no direction and stays as it is.
    private static float[] Normalized(float[] embedding)
    {
        var length = Math.Sqrt(Similarity.Dot(embedding, embedding));
        return length == 0 ? embedding : Array.ConvertAll(embedding, value => (float)(value / length));
    }
}
