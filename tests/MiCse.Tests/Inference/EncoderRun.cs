using MiCse.Inference;
using MiCse.Inference.Layers;
using MiCse.Models;
using MiCse.Weights;

namespace MiCse.Tests.Inference;

/// <summary>Runs an encoder on any ids, masks and token types, and keeps every hidden state.</summary>
internal sealed class EncoderRun(EncoderWeights weights, Pooling pooling, bool normalize = false) : IDisposable
{
    private readonly TransformerEncoder _encoder = new(weights, pooling, normalize, threads: 1);

    /// <summary>What a run gives.</summary>
    /// <param name="HiddenStates">After the embeddings and each layer. [texts · tokens · hidden]</param>
    /// <param name="Embeddings">[texts · hidden]</param>
    public sealed record Output(IReadOnlyList<float[]> HiddenStates, float[] Embeddings);

    public Output Run(int batch, int tokens, int[] ids, int[] mask, int[] types)
    {
        var states = new List<float[]>();
        var input = new TransformerInput([.. ids.Chunk(tokens)], [.. mask.Chunk(tokens)], [.. types.Chunk(tokens)]);
        var embeddings = _encoder.EncodeWithStates(input, (_, hidden, _) =>
            states.Add([.. Enumerable.Range(0, batch * tokens).SelectMany(row => hidden.Row(row).ToArray())]));
        return new Output(states, embeddings.Values.ToArray());
    }

    public void Dispose() => _encoder.Dispose();
}
