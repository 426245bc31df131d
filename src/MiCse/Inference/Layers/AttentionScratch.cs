using MiCse.Numerics;

namespace MiCse.Inference.Layers;

/// <summary>The memory in which a thread computes one head of one text.</summary>
internal sealed class AttentionScratch : IDisposable
{
    /// <summary>Keys packed as the right-hand matrix [size of a head, tokens].</summary>
    public AlignedMemory<float> Keys { get; } = new();

    /// <summary>Scores, then probabilities. [queries, tokens]</summary>
    public AlignedMemory<float> Scores { get; } = new();

    /// <summary>[queries, size of a head]</summary>
    public AlignedMemory<float> Context { get; } = new();

    public void Dispose()
    {
        Keys.Dispose();
        Scores.Dispose();
        Context.Dispose();
    }
}
