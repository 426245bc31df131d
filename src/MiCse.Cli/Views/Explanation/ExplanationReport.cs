using System.Globalization;
using MiCse.Cli.Terminal;
using MiCse.Explanation;
using MiCse.Views.Explanation;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace MiCse.Cli.Views.Explanation;

/// <summary>An explanation for people, in colour when they watch.</summary>
internal sealed class ExplanationReport
{
    private const int PlainWidth = 120;
    private const int LongestBar = 30;
    private const int NearestShown = 3;

    private static readonly CultureInfo s_culture = CultureInfo.InvariantCulture;
    private static readonly Style s_muted = new(decoration: Decoration.Dim);
    private static readonly Style s_heading = new(decoration: Decoration.Bold);

    private readonly IAnsiConsole _console;
    private readonly PairExplanation _pair;

    private ExplanationReport(IAnsiConsole console, PairExplanation pair)
    {
        _console = console;
        _pair = pair;
    }

    /// <summary>Prints all parts.</summary>
    /// <param name="streams">Where to.</param>
    /// <param name="explained">What to print.</param>
    /// <param name="page">The page that was written as well, if any.</param>
    public static void Print(StandardStreams streams, ExplainedPair explained, string? page)
    {
        using var buffer = new StringWriter();
        var report = new ExplanationReport(CreateConsole(streams, buffer), explained.Pair);
        report.PrintWords();
        report.PrintTokens();
        if (explained.Attention is { } attention)
        {
            report.PrintHeads("between dropout views of A", attention.First);
            report.PrintHeads("between dropout views of B", attention.Second);
            report.PrintHeads("between A and B", attention.Between);
        }

        foreach (var note in explained.Notes.Append(page is null ? null : $"page  {page}").OfType<string>())
        {
            report._console.WriteLine();
            report._console.WriteLine(VisibleText.Of(note));
        }

        // Tables pad their last column; files do without.
        foreach (var line in buffer.ToString().TrimEnd().Split('\n'))
        {
            streams.Output.WriteLine(line.TrimEnd());
        }
    }

    private static IAnsiConsole CreateConsole(StandardStreams streams, TextWriter buffer)
    {
        var colours = streams.OutputIsTerminal && string.IsNullOrEmpty(streams.Variable("NO_COLOR")) && streams.Variable("TERM") != "dumb";
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = colours ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = colours ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(buffer),
        });
        if (!streams.OutputIsTerminal)
        {
            console.Profile.Width = PlainWidth;
        }

        return console;
    }

    private void PrintWords()
    {
        _console.WriteLine(string.Create(s_culture, $"similarity  {_pair.Score:0.0000}"), s_heading);
        Head("Words", "what the similarity loses when a word is left out");
        var largest = _pair.First.Words.Concat(_pair.Second.Words).Select(word => Math.Abs(word.Importance)).DefaultIfEmpty().Max();
        var table = Table([Column(gap: 2), Column(gap: 2), Column(gap: 2), Column()]);
        foreach (var (name, text) in new[] { ("A", _pair.First), ("B", _pair.Second) })
        {
            foreach (var (index, word) in text.Words.Index())
            {
                table.AddRow(
                    new Text(index == 0 ? name : "", s_heading),
                    new Text(VisibleText.Of(word.Word)),
                    new Text(word.Importance.ToString("+0.0000;-0.0000; 0.0000", s_culture), s_muted),
                    Bar(word.Importance, largest));
            }
        }

        _console.Write(table);
    }

    private static Text Bar(double importance, double largest)
    {
        var eighths = largest == 0 ? 0 : (int)Math.Round(8 * LongestBar * Math.Abs(importance) / largest);
        return importance < 0
            ? new Text(new string('░', Math.Max(eighths / 8, eighths > 0 ? 1 : 0)), new Style(HeatColour.Below))
            : new Text(new string('█', eighths / 8) + (eighths % 8 == 0 ? "" : ((char)('█' + 8 - eighths % 8)).ToString()), new Style(HeatColour.Above));
    }

    private void PrintTokens()
    {
        string[] rows = [.. _pair.First.Tokens.Select(VisibleText.Of)];
        string[] columns = [.. _pair.Second.Tokens.Select(VisibleText.Of)];
        if (rows.Length == 0 || columns.Length == 0)
        {
            return;
        }

        var map = _pair.TokenSimilarities;
        if (rows.Max(CellWidth) + columns.Sum(token => Math.Max(6, CellWidth(token) + 1)) < _console.Profile.Width)
        {
            Head("Tokens", "cosine of last hidden states, A in rows and B in columns");
            PrintMap(map, rows, columns, "0.00", map.Values.Select(Math.Abs).Max());
            return;
        }

        Head("Tokens", "cosine of last hidden states, the nearest of B for each of A");
        foreach (var (row, token) in rows.Index())
        {
            var nearest = Enumerable.Range(0, columns.Length).OrderByDescending(column => map[row, column]).Take(NearestShown)
                .Select(column => string.Create(s_culture, $"{columns[column]} {map[row, column]:0.00}"));
            _console.WriteLine($"{token.PadRight(rows.Max(other => other.Length))}  {string.Join("  ", nearest)}");
        }
    }

    private void PrintHeads(string between, HeadInformation? information)
    {
        if (information is null)
        {
            return;
        }

        Head("Attention", $"mutual information {between}, in nats, layers in rows and heads in columns");
        var map = information.Heads;
        string[] rows = [.. Enumerable.Range(0, map.Rows).Select(layer => layer.ToString(s_culture))];
        string[] columns = [.. Enumerable.Range(0, map.Columns).Select(head => head.ToString(s_culture))];
        PrintMap(map, rows, columns, (columns.Length * 6) + 2 < _console.Profile.Width ? "0.00" : "0.0", map.Values.Max());
        if (information is { Layers: { } layers, MutualInformation: { } value })
        {
            _console.WriteLine(string.Create(s_culture, $"AMI of layers {layers}, as training computes it: {value:0.0000}"));
        }
    }

    private void PrintMap(HeatMap map, string[] rows, string[] columns, string format, double largest)
    {
        var table = Table([Column(), .. columns.Select(_ => Column(Justify.Right))]);
        table.AddRow(columns.Prepend("").Select(name => new Text($" {name}", s_muted)));
        foreach (var (row, name) in rows.Index())
        {
            var cells = Enumerable.Range(0, columns.Length).Select(column => map[row, column])
                .Select(value => new Text($" {value.ToString(format, s_culture)}", HeatColour.Cell(value, largest)));
            table.AddRow(cells.Prepend(new Text(name, s_muted)));
        }

        _console.Write(table);
    }

    private void Head(string title, string about)
    {
        _console.WriteLine();
        _console.Write(new Text(title, s_heading));
        _console.WriteLine($"  {about}", s_muted);
    }

    private static Table Table(TableColumn[] columns) => new Table { Border = TableBorder.None, ShowHeaders = false }.AddColumns(columns);

    private static TableColumn Column(Justify alignment = Justify.Left, int gap = 0) =>
        new("") { Alignment = alignment, NoWrap = true, Padding = new Padding(0, 0, gap, 0) };

    private static int CellWidth(string text) => new Segment(text).CellCount();
}
