using MiCse.Numerics;
using MiCse.Tokenization;

namespace MiCse.Export;

/// <summary>Texts to try a model on when there are none at hand: words drawn from its vocabulary. They say nothing, but every part of a model computes on them.</summary>
internal static class SampleTexts
{
    private const int FewestWords = 3;
    private const int MostWords = 40;

    /// <summary>Where the texts are from, for people.</summary>
    public const string Source = "words drawn from the vocabulary";

    /// <summary>Draws texts of 3 to 40 words.</summary>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="count">How many.</param>
    /// <param name="seed">The same seed gives the same texts.</param>
    public static IReadOnlyList<string> Draw(Tokenizer tokenizer, int count, long seed)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        // ▁ and Ġ are blanks of byte-level vocabularies; what is not letters is punctuation, a special token or part of a character.
        var words = tokenizer.Tokens
            .Where((token, id) => token is not null && !tokenizer.IsContinuation(id))
            .Select(token => token!.TrimStart('Ġ', '▁'))
            .Where(word => word.Length > 1 && word.All(char.IsAsciiLetter))
            .Distinct()
            .ToArray();
        if (words.Length == 0)
        {
            words = [.. tokenizer.Tokens.OfType<string>()];
        }

        var random = new RandomSequence(seed);
        return [.. Enumerable.Range(0, count).Select(_ => string.Join(
            ' ', Enumerable.Range(0, FewestWords + random.Next(MostWords - FewestWords + 1)).Select(_ => words[random.Next(words.Length)])))];
    }
}
