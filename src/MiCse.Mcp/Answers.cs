namespace MiCse.Mcp;

/// <summary>What the tool embed answers.</summary>
/// <param name="Model">The model.</param>
/// <param name="Dimensions">Length of a vector.</param>
/// <param name="Vectors">A vector for each text, in their order.</param>
/// <param name="Truncated">Numbers of the texts that were too long for the model and cut, counted from 0.</param>
internal sealed record Embeddings(string Model, int Dimensions, float[][] Vectors, int[] Truncated);

/// <summary>What the tool similarity answers.</summary>
/// <param name="Model">The model.</param>
/// <param name="Measure">What the scores are.</param>
/// <param name="Scores">The other texts, most similar first.</param>
internal sealed record Similarities(string Model, string Measure, ScoredText[] Scores);

/// <summary>One of the other texts.</summary>
/// <param name="Index">Its number in the call, counted from 0.</param>
/// <param name="Text">The text.</param>
/// <param name="Score">The similarity.</param>
internal sealed record ScoredText(int Index, string Text, double Score);

/// <summary>What the tool search answers.</summary>
/// <param name="Index">The index.</param>
/// <param name="Found">The texts found, nearest first.</param>
internal sealed record Hits(string Index, Hit[] Found);

/// <summary>A text that was found.</summary>
/// <param name="Id">Its id in the index.</param>
/// <param name="Text">The text.</param>
/// <param name="Score">The similarity.</param>
internal sealed record Hit(string Id, string Text, double Score);
