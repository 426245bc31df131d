using System.Collections.Concurrent;
using MiCse.Models;
using MiCse.Numerics;

namespace MiCse.Inference.Layers;

/// <summary>The memory in which one call computes; it grows as needed and is used again.</summary>
internal sealed class Workspace : IDisposable
{
    private readonly ConcurrentBag<AttentionScratch> _scratch = [];
    private readonly List<Activations> _copies = [];

    /// <param name="config">The encoder's shape.</param>
    /// <param name="precision">What is multiplied.</param>
    public Workspace(EncoderShape config, EncoderPrecision precision)
    {
        var isRounded = precision == EncoderPrecision.Int8;
        var both = isRounded ? Activations.Storage.Both : Activations.Storage.Floats;
        var plan = config.Plan;
        Embedded = new Activations(plan.EmbeddingSize ?? config.HiddenSize, both);
        Hidden = new Activations(config.HiddenSize, both);
        FirstRows = new Activations(config.HiddenSize, both);
        Normalized = new Activations(config.HiddenSize, both);
        FirstNormalized = new Activations(config.HiddenSize, both);
        Queries = new Activations(config.HiddenSize, Activations.Storage.Floats);
        KeysAndValues = new Activations(2 * config.HiddenSize, Activations.Storage.Floats);
        Context = new Activations(config.HiddenSize, both);
        Attended = new Activations(config.HiddenSize, both);
        Gated = new Activations(config.IntermediateSize, isRounded ? Activations.Storage.Quantized : Activations.Storage.Floats);
        // In float32 a gated vector takes the place of its first half.
        Inner = !plan.Gated ? Gated
            : isRounded ? new Activations(2 * config.IntermediateSize, Activations.Storage.None)
            : Gated = new Activations(2 * config.IntermediateSize, Activations.Storage.Floats);
    }

    /// <summary>Factorized embeddings, before they are projected.</summary>
    public Activations Embedded { get; }

    /// <summary>Hidden states after the embeddings, then after each layer.</summary>
    public Activations Hidden { get; }

    /// <summary>The hidden states of [CLS], where the last layer computes no others.</summary>
    public Activations FirstRows { get; }

    /// <summary>Hidden states after the LayerNorm before a part.</summary>
    public Activations Normalized { get; }

    /// <summary>Those of [CLS], where the last layer computes no others.</summary>
    public Activations FirstNormalized { get; }

    /// <summary>What attends.</summary>
    public Activations Queries { get; }

    /// <summary>What is attended to: a token's key, then its value.</summary>
    public Activations KeysAndValues { get; }

    /// <summary>What attention gathers.</summary>
    public Activations Context { get; }

    /// <summary>Hidden states between attention and the feed-forward part.</summary>
    public Activations Attended { get; }

    /// <summary>The wide vectors inside the feed-forward part, beside their gates where it is gated.</summary>
    public Activations Inner { get; }

    /// <summary>The same after their gates.</summary>
    public Activations Gated { get; }

    /// <summary>Receives the attention maps of this call, which is of one text; null for nobody.</summary>
    public AttentionMaps? Maps { get; set; }

    /// <summary>Sums of products of bytes.</summary>
    public AlignedMemory<int> Sums { get; } = new();

    /// <summary>Copies the hidden states, which the next layer overwrites.</summary>
    /// <param name="index">Which copy of this call, counted from 0.</param>
    /// <param name="rows">How many vectors there are.</param>
    public Activations CopyHidden(int index, int rows)
    {
        while (_copies.Count <= index)
        {
            _copies.Add(new Activations(Hidden.Width, Activations.Storage.Floats));
        }

        _copies[index].CopyFrom(Hidden, rows);
        return _copies[index];
    }

    /// <summary>Takes memory for a thread's attention; to be given back.</summary>
    public AttentionScratch TakeScratch() => _scratch.TryTake(out var scratch) ? scratch : new AttentionScratch();

    /// <summary>Gives it back.</summary>
    public void GiveBack(AttentionScratch scratch) => _scratch.Add(scratch);

    public void Dispose()
    {
        foreach (var states in (IEnumerable<Activations>)[Embedded, Hidden, FirstRows, Normalized, FirstNormalized, Queries, KeysAndValues, Context, Attended, Inner, Gated, .. _copies])
        {
            states.Dispose();
        }

        Sums.Dispose();
        while (_scratch.TryTake(out var scratch))
        {
            scratch.Dispose();
        }
    }
}
