using System.CommandLine;

namespace MiCse.Cli.Options;

/// <summary>The options of commands that speak to a database; nothing of its client is loaded for them.</summary>
internal sealed class PostgresArguments
{
    private const string UsualTable = "sentences";
    private const int MostEfSearch = 1_000;

    /// <summary>The table.</summary>
    public Option<string?> Table { get; } = new("--table") { Description = $"The table, perhaps with a schema: app.sentences (default: {UsualTable}).", HelpName = "TABLE" };

    /// <summary>How thoroughly an HNSW index is searched.</summary>
    public Option<int?> EfSearch { get; } = Number.Optional(
        "--ef-search", "The setting hnsw.ef_search of pgvector: more finds more and takes longer (default: the server's, usually 40).", new NumberRange<int>(1, MostEfSearch));

    /// <summary>Whether a text is the address of a database and no folder or file.</summary>
    public static bool IsAddress(string? text) =>
        text is not null && (text.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase));

    /// <summary>The table that is meant.</summary>
    public string TableOf(ParseResult arguments) => arguments.GetValue(Table) ?? UsualTable;
}
