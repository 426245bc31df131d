using MiCse.Server.Requests;

namespace MiCse.Server.Indexes;

/// <summary>A request of /search.</summary>
/// <param name="Query">The texts to look for; one, or several searches.</param>
/// <param name="Index">Which index; null when there is one.</param>
/// <param name="Top">Hits of each query at most.</param>
/// <param name="MinScore">Hits with a lower cosine are left out.</param>
/// <param name="Ids">Which rows are searched.</param>
/// <param name="PromptName">Which of the model's prompts is put before each query; null: its default.</param>
internal sealed record SearchRequest(TextInput Query, string? Index = null, int Top = 10, double? MinScore = null, IdFilter? Ids = null, string? PromptName = null);

/// <summary>Rows of an index by their ids.</summary>
/// <param name="Include">Only these; null: all.</param>
/// <param name="Exclude">Not these.</param>
/// <param name="Prefix">Only ids that begin so.</param>
internal sealed record IdFilter(IReadOnlyList<string>? Include = null, IReadOnlyList<string>? Exclude = null, string? Prefix = null);

/// <summary>The answer of /search.</summary>
internal sealed record SearchAnswer(string Index, IReadOnlyList<QueryHits> Results);

/// <summary>What a query found, best first.</summary>
internal sealed record QueryHits(IReadOnlyList<Hit> Hits, bool Truncated);

/// <summary>A row that was found.</summary>
internal sealed record Hit(string Id, double Score, string Text);

/// <summary>A request of /index/{name}: rows to put in, each in place of one that has its id, and ids of rows to take out first.</summary>
internal sealed record IndexChangeRequest(IReadOnlyList<NewRow>? Add = null, IReadOnlyList<string>? Remove = null);

/// <summary>A row to put in; without an id it gets the next number.</summary>
internal sealed record NewRow(string Text, string? Id = null);

/// <summary>The answer of /index/{name}, when the change will last.</summary>
internal sealed record IndexChangeAnswer(string Index, IReadOnlyList<string> Added, int Removed, int Count);

/// <summary>The answer of /index.</summary>
internal sealed record IndexList(IReadOnlyList<IndexSummary> Indexes, bool Writable);

/// <summary>An index.</summary>
internal sealed record IndexSummary(string Name, int Count, string Model, int Dimensions);
