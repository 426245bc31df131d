using System.CommandLine;
using MiCse.Cli.Help;
using MiCse.Cli.Input;
using MiCse.Cli.Options;
using MiCse.Cli.Progress;
using MiCse.Cli.Terminal;
using MiCse.Cli.Views;
using MiCse.Cli.Views.Search;
using MiCse.Files;
using MiCse.Models;
using MiCse.Search;

namespace MiCse.Cli.Commands;

/// <summary>Texts → an index of their vectors; its subcommands change one.</summary>
internal sealed class IndexCommand : MiCseCommand
{
    private const int TextsAtATime = 1024;

    private readonly IdentifiedTexts _texts = new();
    private readonly ModelOptions _model = new();
    private readonly Option<IndexPrecision?> _precision = CreatePrecision("--precision");

    private readonly Option<EncoderPrecision?> _encoderPrecision = ModelOptions.CreatePrecision(
        "--encoder-precision", "Arithmetic of the encoder, as --precision of other commands (default: fp32 where the model has float weights).");

    private readonly OutputOption _output = OutputOption.Folder();
    private readonly Option<bool> _json = CommonOptions.Json();

    public IndexCommand()
        : base("index", "Makes an index of texts to be searched with `micse search`.", "micse index questions.txt --output questions.index")
    {
        Add(_texts.File);
        AddGroup("Texts", _texts.All);
        AddGroup("Model", [.. _model.OfIndex, _encoderPrecision]);
        AddGroup("Output", _output, _precision, _json);
        Add(new IndexAddCommand());
        Add(new IndexRemoveCommand());
        Add(new IndexCompactCommand());
        Add(new IndexPushCommand());
    }

    /// <summary>What searches in a new index read.</summary>
    /// <param name="aliases">Other spellings.</param>
    public static Option<IndexPrecision?> CreatePrecision(params string[] aliases) => new Choice<IndexPrecision>(("fp32", IndexPrecision.Float32), ("int8", IndexPrecision.Int8)).ToOption(
        "--index-precision", "What searches read first: float32 vectors, or vectors quantized to int8 as well, which is faster and finds the same (default: fp32).", aliases);

    /// <summary>Encodes texts into an index, chunk by chunk: memory grows with their ids alone.</summary>
    /// <returns>How many there were.</returns>
    public static long Fill(
        VectorIndexWriter writer,
        SentenceEncoder encoder,
        IEnumerable<(string? Id, string Text)> texts,
        long? total,
        StandardStreams streams,
        CancellationToken cancellationToken) => ProgressDisplay.Run(streams, "encoding", "texts", progress =>
    {
        var (done, truncated) = (0L, 0L);
        foreach (var chunk in texts.Chunk(TextsAtATime))
        {
            var encoded = encoder.EncodeDocument([.. chunk.Select(row => row.Text)], new EncodingProgress(progress, total, done), cancellationToken);
            for (var row = 0; row < chunk.Length; row++)
            {
                if (chunk[row].Id is { } id)
                {
                    writer.Put(id, chunk[row].Text, encoded.Embeddings[row]);
                }
                else
                {
                    writer.Add(chunk[row].Text, encoded.Embeddings[row]);
                }
            }

            done += chunk.Length;
            truncated += encoded.TruncatedCount;
        }

        Truncation.Report(streams.Error, truncated, done, encoder.MaxTokens);
        return done;
    });

    protected override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var output = arguments.GetRequiredValue(_output);
        var model = arguments.GetRequiredValue(_model.Model);
        using var encoder = _model.Load(arguments, streams, arguments.GetValue(_encoderPrecision), cancellationToken);
        var source = VectorSource.Of(encoder, Directory.Exists(model) ? null : model) with { Prompt = encoder.DocumentPrompt };
        AtomicFolder.Write(output, folder =>
        {
            using var writer = VectorIndexWriter.Create(folder, source, arguments.GetValue(_precision) ?? IndexPrecision.Float32);
            var total = _texts.Count(arguments, streams, cancellationToken);
            Fill(writer, encoder, _texts.Read(arguments, streams, cancellationToken), total, streams, cancellationToken);
            writer.Commit();
        });
        IndexOutput.Write(streams, arguments.GetValue(_json), output);
        return ExitCode.Done;
    }
}
