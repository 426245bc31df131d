namespace MiCse.Search;

/// <summary>One row that a search found.</summary>
/// <param name="Id">The row's id.</param>
/// <param name="Score">Its similarity to the query, computed in double precision from the vectors as they were put in.</param>
/// <param name="Text">The text beside the vector.</param>
public sealed record SearchHit(string Id, double Score, string Text);
