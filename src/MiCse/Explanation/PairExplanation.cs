using MiCse.Inference;
using MiCse.Vectors;

namespace MiCse.Explanation;

/// <summary>Why two texts are as similar as they are: which tokens are near each other, and what each word does for the similarity.</summary>
/// <param name="Score">Cosine of the two texts' embeddings, -1 to 1.</param>
/// <param name="First">The first text.</param>
/// <param name="Second">The second text.</param>
/// <param name="TokenSimilarities">
/// Cosine of the last hidden states of each token of the first text with each of the second: [tokens of the first, tokens of the second].
/// Start and end token are left out: they are in every text, and always near each other.
/// </param>
public sealed record PairExplanation(double Score, TextExplanation First, TextExplanation Second, HeatMap TokenSimilarities)
{
    /// <summary>
    /// Explains the similarity of two texts. The importance of a word is measured by leaving it out: the text without it is encoded
    /// again, all such texts in one call, and the cosine compared. A text of one word is compared as an empty text then.
    /// </summary>
    /// <param name="encoder">The encoder, which may serve other calls at the same time.</param>
    /// <param name="first">Any string.</param>
    /// <param name="second">Any string.</param>
    /// <param name="progress">Receives the number of texts that are encoded: two, and one a word.</param>
    /// <param name="cancellationToken">Stops within a batch.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static PairExplanation Of(
        SentenceEncoder encoder,
        string first,
        string second,
        IProgress<EncodeProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        var (firstWords, secondWords) = (LeaveOneOut.WordsRead(first, encoder), LeaveOneOut.WordsRead(second, encoder));
        var embeddings = encoder.Encode(
            [
                first,
                second,
                .. firstWords.Select(word => LeaveOneOut.Without(first, word)),
                .. secondWords.Select(word => LeaveOneOut.Without(second, word)),
            ],
            progress,
            cancellationToken).Embeddings;
        var score = Similarity.Cosine(embeddings[0], embeddings[1]);
        var (firstTokens, secondTokens) = (encoder.EncodeTokens(first, cancellationToken), encoder.EncodeTokens(second, cancellationToken));
        return new PairExplanation(
            score,
            Explain(first, firstTokens, firstWords, variants: 2, other: 1),
            Explain(second, secondTokens, secondWords, variants: 2 + firstWords.Count, other: 0),
            new HeatMap(firstTokens.Ids.Count - 2, secondTokens.Ids.Count - 2, (row, column) =>
                Similarity.Cosine(firstTokens.States[row + 1], secondTokens.States[column + 1])));

        TextExplanation Explain(string text, EncodedTokens tokens, IReadOnlyList<WordSpan> words, int variants, int other) => new(
            text,
            [.. tokens.Ids.Skip(1).SkipLast(1).Select(id => ReadablePiece.Of(encoder.Tokenizer, id))],
            [.. words.Select((word, index) =>
            {
                var without = Similarity.Cosine(embeddings[variants + index], embeddings[other]);
                return new WordImportance(text[word.Start..word.End], word.Start, without, score - without);
            })],
            tokens.Truncated);
    }
}

/// <summary>One of the two texts of a <see cref="PairExplanation"/>.</summary>
/// <param name="Text">The text.</param>
/// <param name="Tokens">Its tokens as people read them, as far as the model does; without the start and end token that every text gets.</param>
/// <param name="Words">Its words in their order, as far as the model reads them.</param>
/// <param name="Truncated">Whether the text is longer than the model takes, so that its end has no part in anything.</param>
public sealed record TextExplanation(string Text, IReadOnlyList<string> Tokens, IReadOnlyList<WordImportance> Words, bool Truncated);

/// <summary>What one word of a text does for the similarity of the text with another.</summary>
/// <param name="Word">The word as the text spells it; a run of punctuation marks is a word of its own.</param>
/// <param name="Start">Its first character in the text.</param>
/// <param name="ScoreWithout">Cosine of the two texts when the word is left out, -1 to 1.</param>
/// <param name="Importance">
/// The cosine with the word less the cosine without it: above 0 when the word makes the texts more similar, below when it tells them apart.
/// </param>
public sealed record WordImportance(string Word, int Start, double ScoreWithout, double Importance);
