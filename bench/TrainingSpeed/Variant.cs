using MiCse.Training.Model;

namespace MiCse.TrainingSpeed;

/// <summary>One way to train, of those that are compared.</summary>
internal sealed record Variant(Objective Objective, Precision Precision, AttentionMaps Maps, Batching Batching)
{
    /// <summary>What the trainer does unless it is told otherwise, and each alternative to it.</summary>
    public static IReadOnlyList<Variant> All { get; } =
    [
        new(Objective.SimCse, Precision.Float32, AttentionMaps.WhereNeeded, Batching.Longest),
        new(Objective.MiCse, Precision.Float32, AttentionMaps.WhereNeeded, Batching.Longest),
        new(Objective.SimCse, Precision.BFloat16, AttentionMaps.WhereNeeded, Batching.Longest),
        new(Objective.MiCse, Precision.BFloat16, AttentionMaps.WhereNeeded, Batching.Longest),
        new(Objective.SimCse, Precision.BFloat16, AttentionMaps.EveryLayer, Batching.Longest),
        new(Objective.MiCse, Precision.BFloat16, AttentionMaps.EveryLayer, Batching.Longest),
        new(Objective.MiCse, Precision.BFloat16, AttentionMaps.WhereNeeded, Batching.Fixed),
        new(Objective.MiCse, Precision.BFloat16, AttentionMaps.WhereNeeded, Batching.LikeLength),
        new(Objective.MaskedWords, Precision.Float32, AttentionMaps.WhereNeeded, Batching.LikeLength),
        new(Objective.MaskedWords, Precision.BFloat16, AttentionMaps.WhereNeeded, Batching.LikeLength),
        new(Objective.MaskedWords, Precision.BFloat16, AttentionMaps.WhereNeeded, Batching.Longest),
        new(Objective.MaskedWords, Precision.BFloat16, AttentionMaps.EveryLayer, Batching.LikeLength),
    ];

    public override string ToString() => string.Join(
        ", ",
        Objective switch { Objective.SimCse => "SimCSE", Objective.MiCse => "miCSE", _ => "masked words" },
        Precision == Precision.Float32 ? "float32" : "bfloat16",
        Maps == AttentionMaps.WhereNeeded ? "maps where needed" : "maps in every layer",
        Batching switch { Batching.Longest => "padded to the longest", Batching.Fixed => "padded to the limit", _ => "like length" });
}
