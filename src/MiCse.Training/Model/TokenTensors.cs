using MiCse.Tokenization;
using static TorchSharp.torch;

namespace MiCse.Training.Model;

/// <summary>A batch as the tensors that an encoder takes; the caller disposes of them.</summary>
internal static class TokenTensors
{
    /// <summary>1 for a token, 0 for padding: int64 [sequences, tokens].</summary>
    public static Tensor MaskTensor(this TokenBatch batch, TorchContext context) => batch.ToTensor(batch.Mask, context);

    /// <summary>Token ids: int64 [sequences, tokens].</summary>
    public static Tensor IdTensor(this TokenBatch batch, TorchContext context) => batch.ToTensor(batch.Ids, context);

    /// <summary>A value for each token of a batch: int64 [sequences, tokens].</summary>
    public static Tensor ToTensor(this TokenBatch batch, int[] values, TorchContext context) =>
        context.Upload(tensor(values, [batch.Count, batch.Length], ScalarType.Int64));
}
