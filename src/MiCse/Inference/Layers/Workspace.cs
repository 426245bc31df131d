using System.Collections.Concurrent;
using MiCse.Models;
using MiCse.Numerics;

namespace MiCse.Inference.Layers;

/// <summary>The memory in which one call computes; it grows as needed and is used again.</summary>
internal sealed class Workspace : IDisposable
{
    private readonly ConcurrentBag<AttentionScratch> _scratch = [];
    private readonly List<States> _copies = [];

    /// <param name="config">The encoder's shape.</param>
    /// <param name="precision">What is multiplied.</param>
    public Workspace(EncoderShape config, EncoderPrecision precision)
    {
        var isRounded = precision == EncoderPrecision.Int8;
        var both = isRounded ? States.Kept.Both : States.Kept.Floats;
        Hidden = new States(config.HiddenSize, both);
        FirstRows = new States(config.HiddenSize, both);
        Queries = new States(config.HiddenSize, States.Kept.Floats);
        KeysAndValues = new States(2 * config.HiddenSize, States.Kept.Floats);
        Context = new States(config.HiddenSize, both);
        Attended = new States(config.HiddenSize, both);
        Inner = new States(config.IntermediateSize, isRounded ? States.Kept.Codes : States.Kept.Floats);
    }

    /// <summary>Hidden states after the embeddings, then after each layer.</summary>
    public States Hidden { get; }

    /// <summary>The hidden states of [CLS], where the last layer computes no others.</summary>
    public States FirstRows { get; }

    /// <summary>What attends.</summary>
    public States Queries { get; }

    /// <summary>What is attended to: a token's key, then its value.</summary>
    public States KeysAndValues { get; }

    /// <summary>What attention gathers.</summary>
    public States Context { get; }

    /// <summary>Hidden states between attention and the feed-forward part.</summary>
    public States Attended { get; }

    /// <summary>The wide vectors inside the feed-forward part.</summary>
    public States Inner { get; }

    /// <summary>Sums of products of bytes.</summary>
    public AlignedMemory<int> Sums { get; } = new();

    /// <summary>Copies the hidden states, which the next layer overwrites.</summary>
    /// <param name="index">Which copy of this call, counted from 0.</param>
    /// <param name="rows">How many vectors there are.</param>
    public States CopyHidden(int index, int rows)
    {
        while (_copies.Count <= index)
        {
            _copies.Add(new States(Hidden.Width, States.Kept.Floats));
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
        foreach (var states in (IEnumerable<States>)[Hidden, FirstRows, Queries, KeysAndValues, Context, Attended, Inner, .. _copies])
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
