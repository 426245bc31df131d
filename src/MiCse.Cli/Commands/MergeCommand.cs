using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MiCse.Cli.Help;
using MiCse.Cli.Input;
using MiCse.Cli.Options;
using MiCse.Cli.Progress;
using MiCse.Cli.Terminal;
using MiCse.Cli.Views;
using MiCse.Cli.Views.Search;
using MiCse.Data;
using MiCse.Data.Shards;
using MiCse.Files;
using MiCse.Search;
using MiCse.Vectors;

namespace MiCse.Cli.Commands;

/// <summary>The parts of a sharded encoding → one file or an index, when all of them are done.</summary>
internal sealed class MergeCommand : MiCseCommand
{
    private readonly Argument<string> _folder = new("FOLDER") { Description = "The folder that the tasks of `micse encode --shards` wrote." };

    private readonly OutputOption _output = OutputOption.File(
        "Write the embeddings as one file ending in .npy or .safetensors, byte for byte what one process would have written.", "embeddings", ".npy", ".safetensors");

    private readonly OutputOption _index = OutputOption.NamedFolder("--index", "Make an index of the embeddings and the texts of the corpus, to be searched with `micse search`.", "INDEX");
    private readonly Option<bool> _check = new("--check") { Description = "Print the numbers of the shards that are not done, or damaged, as `sbatch --array` takes them: 3,17-19; nothing when there are none. Exit code 75 when there are any." };

    private readonly Option<int> _firstTask = Number.WithDefault(
        "--first-task", "With --check, the number of the task that encodes shard 0: 1 for Grid Engine, whose tasks count from 1.", new NumberRange<int>(0, 1), () => 0);

    private readonly Option<string[]> _corpus = new("--corpus")
    {
        Description = "For --index: where the files of the corpus are now (default: where they were when they were encoded).",
        HelpName = "FILE …",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string?> _idColumn = new("--id-column")
    {
        Description = "For --index: the column of the corpus that holds the ids (default: texts are numbered from 1).",
        HelpName = "COLUMN",
    };

    private readonly Option<IndexPrecision?> _precision = IndexCommand.CreatePrecision();
    private readonly Option<bool> _json = CommonOptions.Json();

    public MergeCommand()
        : base("merge", "Puts the parts of `micse encode --shards` together: a file, an index, or a list of what is missing.", "micse merge parts --output embeddings.npy")
    {
        Add(_folder);
        AddGroup("Output", _output, _index, _check, _firstTask, _json);
        AddGroup("Index", _corpus, _idColumn, _precision);
        Validators.Add(result =>
        {
            var wanted = (result.GetResult(_output) is null ? 0 : 1) + (result.GetResult(_index) is null ? 0 : 1) + (result.GetResult(_check) is null ? 0 : 1);
            if (wanted != 1)
            {
                result.AddError($"one of {_output.Name}, {_index.Name} and {_check.Name} is needed.");
            }

            if (result.GetResult(_firstTask) is { Implicit: false } && (result.GetResult(_check) is null || result.GetResult(_json) is { Implicit: false }))
            {
                result.AddError($"{_firstTask.Name}: needs {_check.Name} without {_json.Name}, whose numbers are those of shards.");
            }
        });
    }

    protected override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var folder = ShardFolder.Open(arguments.GetRequiredValue(_folder));
        var parts = ProgressDisplay.Run(streams, "checking", "shards", progress => Enumerable.Range(0, folder.Plan.Shards).Select(shard =>
        {
            progress.Report(new WorkProgress(shard, folder.Plan.Shards));
            return folder.Find(shard, cancellationToken);
        }).ToList());
        int[] missing = [.. parts.Index().Where(part => part.Item is null).Select(part => part.Index)];
        if (arguments.GetValue(_check))
        {
            return Check(folder, missing, arguments, streams);
        }

        if (missing.Length > 0)
        {
            throw new TryAgainException(FormattableString.Invariant(
                $"{folder.Path}: {missing.Length} of {folder.Plan.Shards} shards {(missing.Length == 1 ? "is" : "are")} not done: {ArrayExpression.Of(missing)}; encode {(missing.Length == 1 ? "it" : "them")} first."));
        }

        Merge(folder, parts!, arguments, streams, cancellationToken);
        folder.Sweep();
        var machines = parts.Select(part => part!.InstructionSet).Distinct().Order(StringComparer.Ordinal).ToList();
        if (machines.Count > 1)
        {
            streams.Error.WriteLine(
                $"micse: note: parts were computed with vectors of {string.Join(" and ", machines)}; the last digits of embeddings in float32 arithmetic can depend on that, so that another run need not give the same bytes.");
        }

        return ExitCode.Done;
    }

    private void Merge(ShardFolder folder, IReadOnlyList<ShardPart> parts, ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var type = EmbeddingTypes.Find(folder.Plan.Encoding.OutputType)
            ?? throw new DataFormatException(folder.Path, null, $"has embeddings of the type '{folder.Plan.Encoding.OutputType}', which this program does not know.");
        if (arguments.GetValue(_index) is { } index)
        {
            if (type != EmbeddingType.Float32)
            {
                throw new DataFormatException(folder.Path, null, $"has embeddings in {folder.Plan.Encoding.OutputType}; an index takes float32, and quantizes them itself with {_precision.Name} int8.");
            }

            MakeIndex(folder, parts, index, arguments, streams, cancellationToken);
            IndexOutput.Write(streams, arguments.GetValue(_json), index);
            return;
        }

        var path = arguments.GetValue(_output)!;
        ProgressDisplay.Run(streams, "merging", "texts", progress =>
        {
            ShardMerge.Write(folder, parts, type, path, new RowProgress(progress, folder.Plan.Rows), cancellationToken);
            return true;
        });
        if (arguments.GetValue(_json))
        {
            Json.WriteLine(streams.Output, new JsonObject
            {
                ["texts"] = folder.Plan.Rows,
                ["truncated"] = parts.Sum(part => part.Truncated),
                ["dimensions"] = folder.Plan.Encoding.Dimensions,
                ["tokens"] = parts.Sum(part => part.Tokens),
                ["output"] = path,
            });
            return;
        }

        Columns.Write(streams.Output, [["texts", folder.Plan.Rows.ToString("N0", CultureInfo.InvariantCulture)], ["written", path]]);
    }

    private int Check(ShardFolder folder, int[] missing, ParseResult arguments, StandardStreams streams)
    {
        if (arguments.GetValue(_json))
        {
            Json.WriteLine(streams.Output, new JsonObject { ["shards"] = folder.Plan.Shards, ["texts"] = folder.Plan.Rows, ["missing"] = Json.Array(missing.Select(shard => (JsonNode)shard)) });
        }
        else if (missing.Length > 0)
        {
            var first = arguments.GetValue(_firstTask);
            streams.Output.WriteLine(ArrayExpression.Of([.. missing.Select(shard => first + shard)]));
        }

        return missing.Length > 0 ? ExitCode.TryAgain : ExitCode.Done;
    }

    private void MakeIndex(
        ShardFolder folder, IReadOnlyList<ShardPart> parts, string index, ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var recipe = folder.Plan.Encoding;
        var files = Corpus(folder.Plan, arguments, streams, cancellationToken);
        var source = new VectorSource(recipe.Model, recipe.Pooling, recipe.Dimensions, recipe.Weights) { Prompt = recipe.Prompt };
        AtomicFolder.Write(index, path => ProgressDisplay.Run(streams, "indexing", "texts", progress =>
        {
            using var writer = VectorIndexWriter.Create(path, source, arguments.GetValue(_precision) ?? IndexPrecision.Float32);
            using var rows = folder.Rows(0, folder.Plan.Rows, files, file => Read(file, folder.Plan.Options, arguments.GetValue(_idColumn))).GetEnumerator();
            ShardMerge.Read(folder, parts, (values, done) =>
            {
                for (; values.Length > 0; values = values[recipe.Dimensions..])
                {
                    rows.MoveNext();
                    Put(writer, rows.Current, values[..recipe.Dimensions]);
                }

                progress.Report(new WorkProgress(done, folder.Plan.Rows));
            }, cancellationToken);
            writer.Commit();
            return true;
        }));
    }

    private static void Put(VectorIndexWriter writer, (string File, TextRow Row) text, ReadOnlySpan<float> vector)
    {
        if (text.Row.Values is not [var content, var id])
        {
            writer.Add(text.Row.Values[0], vector);
            return;
        }

        if (id.Length == 0 || writer.Contains(id))
        {
            throw new DataFormatException(text.File, text.Row.Line, id.Length == 0 ? "has no id; every text needs one." : $"has the id '{id}', as a text before it has; ids must differ.");
        }

        writer.Put(id, content, vector);
    }

    private static IEnumerable<(string File, TextRow Row)> Read(string file, TextFileOptions options, string? idColumn) => idColumn is null
        ? TextFile.ReadTexts(file, options).Select(text => (file, new TextRow(0, [text])))
        : TextFile.ReadRows(file, options with { Columns = [options.Columns is [var column] ? column : TextArguments.TextColumn, idColumn] }).Select(row => (file, row));

    private string[] Corpus(ShardPlan plan, ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var now = arguments.GetValue(_corpus) is { Length: > 0 } given
            ? given.Select(file => OptionValues.Read(_corpus.Name, () => HubFetch.DataFile(file, streams, cancellationToken))).ToArray()
            : [.. plan.Corpus.Select(file => file.Path)];
        if (now.Length != plan.Corpus.Count)
        {
            throw new UsageException($"{_corpus.Name}: expected {plan.Corpus.Count} files, {string.Join(", ", plan.Corpus.Select(file => file.Name))}, found {now.Length}.");
        }

        foreach (var (planned, path) in plan.Corpus.Zip(now))
        {
            if (CorpusFile.Of(path) is var found && (found.Bytes, found.Checksum) != (planned.Bytes, planned.Checksum))
            {
                throw new DataFormatException(path, null, $"is not what was encoded: it is {found.Describe()} and was {planned.Describe()}; name the right file with {_corpus.Name}.");
            }
        }

        return now;
    }

    /// <summary>Rows as progress.</summary>
    private sealed class RowProgress(IProgress<WorkProgress> display, long total) : IProgress<long>
    {
        void IProgress<long>.Report(long value) => display.Report(new WorkProgress(value, total));
    }
}
