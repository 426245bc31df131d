using static TorchSharp.torch;

namespace MiCse.Training.Tests.Losses;

/// <summary>Options of the reference implementation that the library does not have, so that all of its golden numbers can be compared.</summary>
internal static class ReferenceOptions
{
    /// <summary><c>diag_only</c>: off-diagonal logits of the first block become 0; hard negatives stay.</summary>
    public static Tensor DiagonalOnly(Tensor logits)
    {
        var batch = logits.shape[0];
        var block = logits.narrow(1, 0, batch) * eye(batch, dtype: logits.dtype);
        return logits.shape[1] == batch ? block : cat([block, logits.narrow(1, batch, batch)], 1);
    }

    /// <summary>The maps of layers lo..hi of a golden tensor [sequences, layers, heads, query, key].</summary>
    public static List<Tensor> Maps(Tensor attentions, int first, int end) =>
        [.. Enumerable.Range(first, end - first).Select(layer => attentions.select(1, layer))];
}
