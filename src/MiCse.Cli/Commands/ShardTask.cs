using System.Globalization;
using System.Text.Json.Nodes;
using MiCse.Cli.Options;
using MiCse.Cli.Progress;
using MiCse.Cli.Terminal;
using MiCse.Cli.Views;
using MiCse.Data;
using MiCse.Data.Shards;
using MiCse.Models;
using MiCse.Vectors;

namespace MiCse.Cli.Commands;

/// <summary>One task of an array that encodes a corpus together. It may be killed, started again or run twice: its part is done or not there.</summary>
/// <param name="Shard">Which shard, from 0.</param>
/// <param name="Shards">How many there are.</param>
/// <param name="Output">The folder that all tasks write.</param>
internal sealed record ShardTask(int Shard, int Shards, string Output)
{
    /// <summary>What this task was asked to do; rows and ranges are not known yet.</summary>
    public ShardPlan Plan(
        SentenceEncoder encoder, string model, IReadOnlyList<string> files, TextFileOptions columns, long? limit, EmbeddingType type, string? calibration) =>
        new(
            ShardPlan.CurrentVersion,
            [.. files.Select(CorpusFile.Of)],
            columns.Columns.Count > 0 ? columns.Columns[0] : null,
            columns.NoHeader,
            columns.Quoting,
            limit,
            0,
            Shards,
            new EncodingRecipe(
                model,
                encoder.WeightsFingerprint,
                encoder.Fingerprint,
                encoder.Pooling.Name,
                encoder.Precision.Name(),
                encoder.MaxTokens,
                encoder.Dimensions,
                encoder.Chain.IsNormalized,
                encoder.Prompt,
                EmbeddingTypes.Name(type),
                calibration is null ? null : CorpusFile.Of(calibration).Describe()));

    /// <summary>Encodes the shard unless that is done.</summary>
    /// <param name="prepare">Loads the encoder, finds the files of the corpus, and says what is asked for.</param>
    /// <param name="measure">Measures the ranges of int8 and uint8; null for other types.</param>
    /// <param name="json">Whether programs read the output.</param>
    /// <param name="streams">Where to report.</param>
    /// <param name="cancellationToken">Ctrl-C.</param>
    /// <exception cref="TryAgainException">The disk failed.</exception>
    public int Run(
        Func<CancellationToken, (SentenceEncoder Encoder, IReadOnlyList<string> Files, ShardPlan Plan)> prepare,
        Func<SentenceEncoder, CancellationToken, QuantizationRanges?> measure,
        bool json,
        StandardStreams streams,
        CancellationToken cancellationToken)
    {
        try
        {
            var (encoder, files, plan) = prepare(cancellationToken);
            using (encoder)
            {
                var folder = ShardFolder.Open(Output, plan, own => Complete(own, files, measure(encoder, cancellationToken), cancellationToken));
                var before = folder.Find(Shard, cancellationToken);
                var part = before ?? Encode(folder, encoder, files, streams, cancellationToken);
                Report(folder, part, isNew: before is null, json, streams);
                Truncation.Report(streams.Error, part.Truncated, part.Rows, encoder.MaxTokens);
            }

            return ExitCode.Done;
        }
        catch (IOException failure) when (TryAgainException.IsTemporary(failure))
        {
            throw new TryAgainException($"{failure.Message.TrimEnd('.')}; shard {Shard} is not done, run it again.", failure);
        }
    }

    private static ShardPlan Complete(ShardPlan own, IReadOnlyList<string> files, QuantizationRanges? ranges, CancellationToken cancellationToken)
    {
        var left = own.Limit ?? long.MaxValue;
        var counted = new List<CorpusFile>();
        foreach (var (corpus, path) in own.Corpus.Zip(files))
        {
            var rows = 0L;
            foreach (var _ in left > 0 ? TextFile.ReadTexts(path, own.Options) : [])
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (++rows == left)
                {
                    break;
                }
            }

            counted.Add(corpus with { Rows = rows });
            left -= rows;
        }

        return own with
        {
            Corpus = counted,
            Rows = counted.Sum(file => file.Rows),
            Encoding = ranges is null ? own.Encoding : own.Encoding.With(ranges),
        };
    }

    private ShardPart Encode(ShardFolder folder, SentenceEncoder encoder, IReadOnlyList<string> files, StandardStreams streams, CancellationToken cancellationToken)
    {
        var recipe = folder.Plan.Encoding;
        var start = streams.Time.GetTimestamp();
        using var writer = EmbeddingWriter.Create(folder.PartPath(Shard), encoder.Dimensions, EmbeddingTypes.Find(recipe.OutputType)!.Value, recipe.ReadRanges());
        var (tokens, truncated) = ProgressDisplay.Run(streams, $"shard {Shard}", "texts", progress =>
        {
            var (tokens, truncated) = (0L, 0L);
            var watch = new EncodingProgress(progress, folder.Plan.RowCount(Shard));
            foreach (var encoded in encoder.EncodeStream(folder.ReadTexts(Shard, files), watch, cancellationToken))
            {
                writer.Write(encoded);
                tokens += encoded.TokenCount;
                truncated += encoded.Truncated ? 1 : 0;
            }

            return (tokens, truncated);
        });

        // A task that ran twice: what is done stays as it is.
        if (folder.Find(Shard, cancellationToken) is { } done)
        {
            return done;
        }

        writer.Complete();
        return folder.Finish(
            new ShardPart(
                "", Shard, folder.Plan.FirstRow(Shard), writer.Count, tokens, truncated, 0, "", ShardFolder.InstructionSet, Math.Round(streams.Time.GetElapsedTime(start).TotalSeconds, 3), Environment.MachineName),
            cancellationToken);
    }

    private void Report(ShardFolder folder, ShardPart part, bool isNew, bool json, StandardStreams streams)
    {
        var culture = CultureInfo.InvariantCulture;
        if (json)
        {
            Json.WriteLine(streams.Output, new JsonObject
            {
                ["shard"] = Shard,
                ["shards"] = Shards,
                ["firstRow"] = part.FirstRow,
                ["texts"] = part.Rows,
                ["truncated"] = part.Truncated,
                ["dimensions"] = folder.Plan.Encoding.Dimensions,
                ["tokens"] = part.Tokens,
                ["new"] = isNew,
                ["output"] = folder.PartPath(Shard),
            });
            return;
        }

        Columns.Write(
            streams.Output,
            [
                ["shard", string.Create(culture, $"{Shard} of {Shards}, counted from 0{(isNew ? "" : "; it was done already")}")],
                ["texts", string.Create(culture, $"{part.Rows:N0} from row {part.FirstRow:N0} on")],
                ["written", folder.PartPath(Shard)],
            ]);
    }
}
