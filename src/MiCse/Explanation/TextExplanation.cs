namespace MiCse.Explanation;

/// <summary>One of the two texts of a <see cref="PairExplanation"/>.</summary>
/// <param name="Text">The text.</param>
/// <param name="Tokens">Its tokens as people read them, as far as the model does; without the start and end token that every text gets.</param>
/// <param name="Words">Its words in their order, as far as the model reads them.</param>
/// <param name="Truncated">Whether the text is longer than the model takes, so that its end has no part in anything.</param>
public sealed record TextExplanation(string Text, IReadOnlyList<string> Tokens, IReadOnlyList<WordImportance> Words, bool Truncated);
