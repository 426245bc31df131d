namespace MiCse.Models;

/// <summary>A pooling and the reason for it.</summary>
/// <param name="Pooling">The pooling.</param>
/// <param name="Normalize">Whether vectors are scaled to length 1 at the end (a Normalize module in modules.json).</param>
/// <param name="Source">Where that was found, for people: "1_Pooling/config.json", "default of miCSE (no pooling file)", "given by the caller".</param>
public sealed record PoolingChoice(Pooling Pooling, bool Normalize, string Source)
{
    /// <summary>Poolings whose vectors stand after that of <see cref="Pooling"/>, side by side; empty for nearly all models.</summary>
    public IReadOnlyList<Pooling> Beside { get; init; } = [];

    /// <summary>All poolings, as on the command line: "mean", "cls-before-pooler+max".</summary>
    internal string Name => Beside.Prepend(Pooling).Name();
}
