using MiCse.Models;
using MiCse.Tokenization;
using static TorchSharp.torch;

namespace MiCse.Training.Model;

/// <summary>Ids → embeddings with an encoder in evaluation mode, without the heads of a training.</summary>
/// <param name="encoder">The encoder.</param>
/// <param name="modules">What follows the poolings; null for nothing.</param>
/// <param name="poolings">The poolings.</param>
/// <param name="padding">The id that fills sequences up.</param>
/// <param name="context">Where tensors are allocated.</param>
internal sealed class BatchEncoding(EncoderModule encoder, ChainModule? modules, IReadOnlyList<Pooling> poolings, int padding, TorchContext context)
{
    /// <summary>The embeddings of a batch, padded to its longest text; float32 [texts, size] on the device, in the caller's dispose scope.</summary>
    public Tensor Encode(IReadOnlyList<TokenizedText> texts)
    {
        using var scope = NewDisposeScope();
        var tokens = new TokenBatch([.. texts.Select(text => text.Ids)], padding);
        var mask = tokens.MaskTensor(context);
        var output = encoder.Forward(tokens.IdTensor(context), mask, hiddenStates: TensorPooling.NeedsHiddenStates(poolings));
        var vectors = TensorPooling.Pool(output, Counting(mask, [.. texts.Select(text => text.LeftOut)]), poolings); // [texts, size]
        return (modules?.Forward(vectors) ?? vectors).MoveToOuterDisposeScope();
    }

    /// <summary>The last hidden states of one text: float32 [tokens, hidden] on the device, in the caller's dispose scope.</summary>
    public Tensor HiddenStates(int[] ids)
    {
        using var scope = NewDisposeScope();
        var tokens = new TokenBatch([ids], padding);
        return encoder.Forward(tokens.IdTensor(context), tokens.MaskTensor(context)).LastHiddenState.squeeze(0).MoveToOuterDisposeScope();
    }

    // The positions of a prompt that is left out of the pooling do not count; the encoder has seen them.
    private Tensor Counting(Tensor mask, int[] leftOut)
    {
        if (Array.TrueForAll(leftOut, count => count == 0))
        {
            return mask;
        }

        var places = arange(mask.shape[1], ScalarType.Int64, mask.device).unsqueeze(0); // [1, tokens]
        var first = context.Upload(tensor(leftOut, ScalarType.Int64)).unsqueeze(1); // [texts, 1]
        return mask * places.ge(first).to(mask.dtype); // [texts, tokens]
    }
}
