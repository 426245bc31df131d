using MiCse.Numerics;
using MiCse.Tokenization;
using MiCse.Training.Model;

namespace MiCse.Training.Batches;

/// <summary>
/// A batch in which tokens are hidden for masked language modelling, as BERT does it: 15 % of the tokens that are neither special
/// nor padding are to be guessed; of these 80 % are replaced by the mask, 10 % by a token drawn from the vocabulary, 10 % stay.
/// With whole words the 15 % are drawn among words, and all tokens of a word are to be guessed.
/// </summary>
public sealed class MaskedTokens
{
    private const double Share = 0.15;
    private const double ReplacedByMask = 0.8;
    private const double ReplacedByAny = 0.1;

    private MaskedTokens(int[] ids, long[] labels, int count)
    {
        Count = count;
        Ids = ids;
        Labels = labels;
    }

    /// <summary>The ids with the hidden tokens replaced: [sequences, tokens], row-major.</summary>
    public int[] Ids { get; }

    /// <summary>The ids to be guessed, <see cref="MaskedLanguageModelHead.Ignored"/> where there is nothing to guess: [sequences, tokens], row-major.</summary>
    public long[] Labels { get; }

    /// <summary>Number of tokens to be guessed.</summary>
    public int Count { get; }

    /// <summary>Hides tokens of a batch, anew each time it is called.</summary>
    /// <param name="batch">Sequences with special tokens.</param>
    /// <param name="tokenizer">Says which tokens are special, and which continue a word.</param>
    /// <param name="random">Decides.</param>
    /// <param name="wholeWords">Whether words are hidden as a whole; false by default.</param>
    /// <exception cref="ArgumentException">The vocabulary has no mask token.</exception>
    public static MaskedTokens From(TokenBatch batch, Tokenizer tokenizer, RandomSequence random, bool wholeWords = false)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(random);
        var special = tokenizer.SpecialTokens;
        var mask = special.Mask
            ?? throw new ArgumentException("Masked language modelling needs a mask token, and the tokenizer's vocabulary has none.", nameof(tokenizer));
        var ids = (int[])batch.Ids.Clone();
        var labels = new long[ids.Length];
        Array.Fill(labels, MaskedLanguageModelHead.Ignored);
        var (inWord, hidden, count) = (false, false, 0);
        for (var position = 0; position < ids.Length; position++)
        {
            if (batch.Mask[position] == 0 || ids[position] == special.Start || ids[position] == special.End)
            {
                inWord = false;
                continue;
            }

            if (!(wholeWords && inWord && tokenizer.IsContinuation(ids[position])))
            {
                hidden = random.NextDouble() < Share;
            }

            inWord = true;
            if (!hidden)
            {
                continue;
            }

            count++;
            labels[position] = ids[position];
            ids[position] = random.NextDouble() switch
            {
                < ReplacedByMask => mask,
                < ReplacedByMask + ReplacedByAny => random.Next(tokenizer.VocabularySize),
                _ => ids[position],
            };
        }

        return new MaskedTokens(ids, labels, count);
    }
}
