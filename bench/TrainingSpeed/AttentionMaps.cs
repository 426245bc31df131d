namespace MiCse.TrainingSpeed;

/// <summary>In which layers attention maps come into being; elsewhere libtorch's fused attention is free to avoid them.</summary>
internal enum AttentionMaps
{
    /// <summary>In those that the loss looks at.</summary>
    WhereNeeded,

    /// <summary>In all of them.</summary>
    EveryLayer,
}
