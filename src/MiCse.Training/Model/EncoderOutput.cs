using static TorchSharp.torch;

namespace MiCse.Training.Model;

/// <summary>What the encoder computes for a batch, in float32 where its hidden states have 16 bits.</summary>
/// <param name="LastHiddenState">[sequences, tokens, hidden]</param>
/// <param name="HiddenStates">
/// When asked for, all of them, each [sequences, tokens, hidden]: first the embeddings, then the output of every layer. Otherwise empty.
/// </param>
/// <param name="AttentionMaps">
/// One per layer of the range that was asked for, ascending, each [sequences, heads, query, key]: the attention probabilities
/// as the layer uses them, after softmax and dropout, zero at padded keys.
/// </param>
internal sealed record EncoderOutput(Tensor LastHiddenState, IReadOnlyList<Tensor> HiddenStates, IReadOnlyList<Tensor> AttentionMaps)
{
    /// <summary>The last hidden state of the first token, <c>[CLS]</c>: the sentence embedding. [sequences, hidden]</summary>
    public Tensor Cls => LastHiddenState.select(1, 0); // [sequences, hidden]
}
