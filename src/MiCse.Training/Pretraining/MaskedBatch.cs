using MiCse.Numerics;
using MiCse.Tokenization;
using MiCse.Training.Batches;
using MiCse.Training.Model;
using TorchSharp;

namespace MiCse.Training.Pretraining;

/// <summary>Sequences in which at least one token is masked; in a part of them perhaps none.</summary>
internal sealed class MaskedBatch
{
    private readonly IReadOnlyList<int[]> _sequences;
    private readonly int _padding;
    private readonly MaskedTokens _masked;

    private MaskedBatch(IReadOnlyList<int[]> sequences, int padding, TokenBatch tokens, MaskedTokens masked) =>
        (_sequences, _padding, Tokens, _masked) = (sequences, padding, tokens, masked);

    /// <summary>The sequences before masking.</summary>
    public TokenBatch Tokens { get; }

    /// <summary>Tokens that are not padding.</summary>
    public int TokenCount => Tokens.Mask.Sum();

    /// <summary>Tokens to be predicted.</summary>
    public int MaskedCount => _masked.Count;

    /// <summary>Pads and masks.</summary>
    /// <param name="sequences">Each with a token that is not special.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="random">Draws the masked tokens.</param>
    /// <param name="wholeWords">Whether all tokens of a word are masked together.</param>
    public static MaskedBatch From(IReadOnlyList<int[]> sequences, Tokenizer tokenizer, RandomSequence random, bool wholeWords)
    {
        var tokens = new TokenBatch(sequences, tokenizer.SpecialTokens.Padding);
        MaskedTokens masked;
        do
        {
            // A small batch may have no token drawn, and it would have no loss.
            masked = MaskedTokens.From(tokens, tokenizer, random, wholeWords);
        }
        while (masked.Count == 0);
        return new MaskedBatch(sequences, tokenizer.SpecialTokens.Padding, tokens, masked);
    }

    /// <summary>Some neighbours among the sequences, with the same tokens masked (maybe none) and no more padding than they need.</summary>
    public MaskedBatch Part(SliceRange range)
    {
        int[][] sequences = [.. _sequences.Skip(range.Start).Take(range.Count)];
        var tokens = new TokenBatch(sequences, _padding);
        return new MaskedBatch(sequences, _padding, tokens, _masked.Part(Tokens, range.Start, tokens));
    }

    /// <summary>The ids with the masked tokens replaced: int64 [sequences, tokens].</summary>
    public torch.Tensor Ids(TorchContext context) => Tokens.ToTensor(_masked.Ids, context);

    /// <summary>What is to be predicted: [sequences, tokens], row-major.</summary>
    public long[] Labels => _masked.Labels;
}
