using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using MiCse.Cli.Help;
using MiCse.Cli.Options;
using MiCse.Cli.Progress;
using MiCse.Cli.Terminal;
using MiCse.Cli.Views;
using MiCse.Postgres;
using MiCse.Search;
using MiCse.Vectors;

namespace MiCse.Cli.Commands;

/// <summary>An index → a table in Postgres, where other machines search it. Killed and run again, it ends with the same rows.</summary>
internal sealed class IndexPushCommand : MiCseCommand
{
    private readonly Argument<string> _index = IndexArgument.Create();
    private readonly PostgresArguments _postgres = new();

    private readonly Option<string> _to = new("--to")
    {
        Description = "The database, which needs pgvector: postgres://USER@HOST:PORT/DATABASE, or \"Host=…;Database=…\" as Npgsql takes it; the password from PGPASSWORD or ~/.pgpass.",
        HelpName = "DATABASE",
        Required = true,
    };

    private readonly Option<bool> _hnsw = new("--hnsw") { Description = "Make an HNSW index: searches are approximate then and many times faster; their recall is measured and kept with the table." };
    private readonly Option<bool> _prune = new("--prune") { Description = "Delete rows of the table that the index does not have." };

    private readonly Option<SimilarityMeasure?> _measure = new Choice<SimilarityMeasure>(Enum.GetValues<SimilarityMeasure>(), measure => measure.Name()).ToOption(
        "--measure", "With --hnsw, what the index sorts by (default: cosine).");

    private readonly Option<bool> _json = CommonOptions.Json();

    public IndexPushCommand()
        : base("push", "Brings an index into a table of Postgres with pgvector.", "micse index push questions.index --to postgres://me@db.example/app --hnsw")
    {
        Add(_index);
        AddGroup("Database", _to, _postgres.Table, _hnsw, _measure, _prune);
        AddGroup("Output", _json);
    }

    protected override int Execute(ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        using var index = VectorIndex.Open(arguments.GetRequiredValue(_index));
        var options = new PostgresPushOptions
        {
            Table = _postgres.TableOf(arguments),
            Hnsw = arguments.GetValue(_hnsw),
            Measure = arguments.GetValue(_measure) ?? SimilarityMeasure.Cosine,
            Prune = arguments.GetValue(_prune),
        };
        var pushed = arguments.Take(() => ProgressDisplay.Run(streams, "pushing", "texts", progress =>
            PostgresIndex.PushAsync(index, arguments.GetRequiredValue(_to), options, new RowProgress(progress, index.Count), cancellationToken).GetAwaiter().GetResult()));
        if (arguments.GetValue(_json))
        {
            Json.WriteLine(streams.Output, new JsonObject
            {
                ["rows"] = pushed.Rows, ["changed"] = pushed.Changed, ["deleted"] = pushed.Deleted, ["tableRows"] = pushed.TableRows, ["recall"] = pushed.Recall, ["table"] = options.Table,
            });
        }
        else
        {
            var culture = CultureInfo.InvariantCulture;
            List<IReadOnlyList<string>> rows =
            [
                ["texts", pushed.Rows.ToString("N0", culture)],
                ["changed", pushed.Changed.ToString("N0", culture)],
                ["table", string.Create(culture, $"{options.Table}, {pushed.TableRows:N0} rows")],
            ];
            if (pushed.Recall is { } recall)
            {
                rows.Add(["recall of HNSW", string.Create(culture, $"{recall:0.0 %} of the 10 nearest, with the server's settings")]);
            }

            Columns.Write(streams.Output, rows);
        }

        if (pushed.TableRows > pushed.Rows)
        {
            streams.Error.WriteLine(FormattableString.Invariant($"micse: note: {options.Table} has {pushed.TableRows - pushed.Rows:N0} rows that the index does not have; {_prune.Name} deletes them."));
        }

        return ExitCode.Done;
    }

    /// <summary>Rows as progress.</summary>
    private sealed class RowProgress(IProgress<WorkProgress> display, long total) : IProgress<long>
    {
        void IProgress<long>.Report(long value) => display.Report(new WorkProgress(value, total));
    }
}
