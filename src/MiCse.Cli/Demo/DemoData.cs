using MiCse.Data;

namespace MiCse.Cli.Demo;

/// <summary>The support tickets that the program carries; their README.md says how they came about.</summary>
internal sealed class DemoData
{
    /// <summary>The file of tickets, as it is left in the demo's folder for other commands.</summary>
    public const string TicketFile = "tickets.tsv";

    private const string Prefix = "demo-";

    private DemoData(IReadOnlyList<DemoTicket> tickets, IReadOnlyList<DemoQuery> queries, IReadOnlyList<DemoPair> pairs) =>
        (Tickets, Queries, Pairs) = (tickets, queries, pairs);

    /// <summary>What customers wrote, in random order.</summary>
    public IReadOnlyList<DemoTicket> Tickets { get; }

    /// <summary>Other sentences on the same topics.</summary>
    public IReadOnlyList<DemoQuery> Queries { get; }

    /// <summary>Pairs of the queries' sentences.</summary>
    public IReadOnlyList<DemoPair> Pairs { get; }

    private static IReadOnlyList<string> Files { get; } = [TicketFile, "queries.tsv", "pairs.tsv"];

    /// <summary>Reads them.</summary>
    public static DemoData Load() => new(
        [.. Rows(Files[0], "text", "topic", "area").Select(row => new DemoTicket(row[0], row[1], row[2]))],
        [.. Rows(Files[1], "query", "topic").Select(row => new DemoQuery(row[0], row[1]))],
        [.. Rows(Files[2], "score", "sentence1", "sentence2").Select(row => new DemoPair(row[1], row[2], double.Parse(row[0], System.Globalization.CultureInfo.InvariantCulture)))]);

    /// <summary>Writes the files into a folder.</summary>
    public static void Copy(string folder)
    {
        foreach (var name in Files)
        {
            using var source = Open(name);
            using var target = File.Create(Path.Combine(folder, name));
            source.CopyTo(target);
        }
    }

    private static IEnumerable<IReadOnlyList<string>> Rows(string name, params IReadOnlyList<string> columns)
    {
        using var stream = Open(name);
        foreach (var row in TextFile.ReadRows(stream, name, new TextFileOptions { Format = TextFileFormat.Tsv, Columns = columns }))
        {
            yield return row.Values;
        }
    }

    private static Stream Open(string name) => typeof(DemoData).Assembly.GetManifestResourceStream(Prefix + name)!;
}

/// <summary>A sentence of a customer.</summary>
/// <param name="Text">The sentence.</param>
/// <param name="Topic">What it was written for.</param>
/// <param name="Area">The part of the product that the topic belongs to.</param>
internal sealed record DemoTicket(string Text, string Topic, string Area);

/// <summary>A sentence to search tickets with.</summary>
/// <param name="Text">The sentence.</param>
/// <param name="Topic">The topic of the tickets that should be found.</param>
internal sealed record DemoQuery(string Text, string Topic);

/// <summary>Two sentences with a score.</summary>
/// <param name="First">A sentence.</param>
/// <param name="Second">Another one.</param>
/// <param name="Score">2 for the same topic, 1 for the same area, 0 for another area.</param>
internal sealed record DemoPair(string First, string Second, double Score);
