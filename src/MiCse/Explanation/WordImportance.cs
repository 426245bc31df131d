namespace MiCse.Explanation;

/// <summary>What one word of a text does for the similarity of the text with another.</summary>
/// <param name="Word">The word as the text spells it; a run of punctuation marks is a word of its own.</param>
/// <param name="Start">Its first character in the text.</param>
/// <param name="ScoreWithout">Cosine of the two texts when the word is left out, -1 to 1.</param>
/// <param name="Importance">
/// The cosine with the word less the cosine without it: above 0 when the word makes the texts more alike, below when it tells them apart.
/// </param>
public sealed record WordImportance(string Word, int Start, double ScoreWithout, double Importance);
