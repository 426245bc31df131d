namespace MiCse.Search;

/// <summary>A row that may be among the best.</summary>
/// <param name="Most">What its similarity is at most.</param>
/// <param name="Segment">Index of its segment.</param>
/// <param name="Row">Its row there.</param>
internal readonly record struct Candidate(float Most, int Segment, int Row);
