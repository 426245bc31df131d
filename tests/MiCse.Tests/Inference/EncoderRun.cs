using MiCse.Inference;
using MiCse.Inference.Layers;
using MiCse.Models;
using MiCse.Numerics;
using MiCse.Weights;

namespace MiCse.Tests.Inference;

/// <summary>Runs an encoder on any ids, masks and token types, and keeps every hidden state.</summary>
internal sealed class EncoderRun(EncoderWeights weights, Pooling pooling, bool normalize = false) : IDisposable
{
    private readonly CpuEngine _encoder = new(weights, pooling, normalize, threads: 1);

    /// <summary>What a run gives.</summary>
    /// <param name="HiddenStates">After the embeddings and each layer. [texts · tokens · hidden]</param>
    /// <param name="Embeddings">[texts · hidden]</param>
    public sealed record Output(IReadOnlyList<float[]> HiddenStates, float[] Embeddings);

    public Output Run(int batch, int tokens, int[] ids, int[] mask, int[] types)
    {
        var input = new TransformerInput([.. ids.Chunk(tokens)], [.. mask.Chunk(tokens)], [.. types.Chunk(tokens)]);
        var states = _encoder.HiddenStates(input, [.. Enumerable.Range(0, weights.Config.Layers + 1)], new Team(1, CancellationToken.None));
        var embeddings = _encoder.Encode(input, new Team(1, CancellationToken.None), firstOnly: false);
        return new Output([.. states.Select(layer => layer.Values.ToArray())], embeddings.Values.ToArray());
    }

    public void Dispose() => _encoder.Dispose();
}
