using MiCse.Numerics;
using MiCse.Tokenization;
using MiCse.Training.Model;

namespace MiCse.Training.Batches;

/// <summary>
/// A batch whose tokens are masked for masked language modelling, as BERT does it: 15 % of the tokens that are neither special nor padding are to be
/// predicted; of these 80 % are replaced by the mask token, 10 % by a token drawn from the vocabulary, 10 % stay.
/// With whole-word masking the 15 % are drawn among words, and all tokens of a word are to be predicted.
/// </summary>
internal sealed class MaskedTokens
{
    private const double MaskedShare = 0.15;
    private const double ReplacedByMask = 0.8;
    private const double ReplacedByAny = 0.1;

    private MaskedTokens(int[] ids, long[] labels, int count)
    {
        Count = count;
        Ids = ids;
        Labels = labels;
    }

    /// <summary>The ids with the masked tokens replaced: [sequences, tokens], row-major.</summary>
    public int[] Ids { get; }

    /// <summary>The ids to be predicted, <see cref="MaskedLanguageModelHead.Ignored"/> elsewhere: [sequences, tokens], row-major.</summary>
    public long[] Labels { get; }

    /// <summary>Number of tokens to be predicted.</summary>
    public int Count { get; }

    /// <summary>The same tokens masked in some of the sequences, laid out like a batch of these alone.</summary>
    /// <param name="batch">The batch that was masked.</param>
    /// <param name="start">The first of the sequences.</param>
    /// <param name="part">A batch of those sequences.</param>
    public MaskedTokens Part(TokenBatch batch, int start, TokenBatch part)
    {
        var (ids, labels) = (new int[part.Ids.Length], new long[part.Ids.Length]);
        for (var row = 0; row < part.Count; row++)
        {
            Ids.AsSpan((start + row) * batch.Length, part.Length).CopyTo(ids.AsSpan(row * part.Length));
            Labels.AsSpan((start + row) * batch.Length, part.Length).CopyTo(labels.AsSpan(row * part.Length));
        }

        return new MaskedTokens(ids, labels, labels.Count(label => label != MaskedLanguageModelHead.Ignored));
    }

    /// <summary>Masks tokens of a batch, other ones each time it is called.</summary>
    /// <param name="batch">Sequences with special tokens.</param>
    /// <param name="tokenizer">Says which tokens are special, and which continue a word.</param>
    /// <param name="random">Draws the masked tokens.</param>
    /// <param name="wholeWords">Whether all tokens of a word are masked together; false by default.</param>
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
        var (inWord, isMasked, count) = (false, false, 0);
        for (var position = 0; position < ids.Length; position++)
        {
            if (batch.Mask[position] == 0 || ids[position] == special.Start || ids[position] == special.End)
            {
                inWord = false;
                continue;
            }

            if (!(wholeWords && inWord && tokenizer.IsContinuation(ids[position])))
            {
                isMasked = random.NextDouble() < MaskedShare;
            }

            inWord = true;
            if (!isMasked)
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
