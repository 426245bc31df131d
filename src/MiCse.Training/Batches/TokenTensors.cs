using MiCse.Tokenization;
using static TorchSharp.torch;

namespace MiCse.Training.Batches;

/// <summary>A batch as the tensors that an encoder takes; the caller disposes of them.</summary>
internal static class TokenTensors
{
    /// <summary>1 for a token, 0 for padding: int64 [sequences, tokens].</summary>
    public static Tensor MaskTensor(this TokenBatch batch) => batch.ToTensor(batch.Mask);

    /// <summary>Token ids: int64 [sequences, tokens].</summary>
    public static Tensor IdTensor(this TokenBatch batch) => batch.ToTensor(batch.Ids);

    /// <summary>A value for each token of a batch: int64 [sequences, tokens].</summary>
    public static Tensor ToTensor(this TokenBatch batch, int[] values) => tensor(values, [batch.Count, batch.Length], ScalarType.Int64);
}
