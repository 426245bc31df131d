using MiCse.Numerics;
using MiCse.Tokenization;
using MiCse.Training.Batches;
using TorchSharp;

namespace MiCse.Training.Pretraining;

/// <summary>Sequences in which at least one token is hidden.</summary>
internal sealed class MaskedBatch
{
    private readonly MaskedTokens _masked;

    private MaskedBatch(TokenBatch tokens, MaskedTokens masked) => (Tokens, _masked) = (tokens, masked);

    /// <summary>The sequences before anything was hidden.</summary>
    public TokenBatch Tokens { get; }

    /// <summary>Tokens that are not padding.</summary>
    public int TokenCount => Tokens.Mask.Sum();

    /// <summary>Tokens to be guessed.</summary>
    public int HiddenCount => _masked.Count;

    /// <summary>Pads and hides.</summary>
    /// <param name="sequences">Each with a token that is not special.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="random">Decides what is hidden.</param>
    /// <param name="wholeWords">Whether words are hidden as a whole.</param>
    public static MaskedBatch From(IReadOnlyList<int[]> sequences, Tokenizer tokenizer, RandomSequence random, bool wholeWords)
    {
        var tokens = new TokenBatch(sequences, tokenizer.SpecialTokens.Padding);
        MaskedTokens masked;
        do
        {
            // A small batch may have no token drawn, and there would be nothing to learn from it.
            masked = MaskedTokens.From(tokens, tokenizer, random, wholeWords);
        }
        while (masked.Count == 0);
        return new MaskedBatch(tokens, masked);
    }

    /// <summary>The ids with the hidden tokens replaced: int64 [sequences, tokens].</summary>
    public torch.Tensor Ids() => Tokens.ToTensor(_masked.Ids);

    /// <summary>What is to be guessed: int64 [sequences, tokens].</summary>
    public torch.Tensor Labels() => torch.tensor(_masked.Labels, [Tokens.Count, Tokens.Length]);
}
