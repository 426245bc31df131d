namespace MiCse.Models;

/// <summary>A pooling and the reason for it.</summary>
/// <param name="Pooling">The pooling.</param>
/// <param name="Normalize">Whether vectors are scaled to length 1 (a Normalize module in modules.json).</param>
/// <param name="Source">Where that was found, for people: "1_Pooling/config.json", "default of miCSE (no pooling file)", "given by the caller".</param>
public sealed record PoolingChoice(Pooling Pooling, bool Normalize, string Source);
