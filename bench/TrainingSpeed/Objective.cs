namespace MiCse.TrainingSpeed;

/// <summary>What a step minimises.</summary>
internal enum Objective
{
    /// <summary>InfoNCE of 64 sentences seen twice.</summary>
    SimCse,

    /// <summary>The same with attention mutual information.</summary>
    MiCse,

    /// <summary>Masked language modelling of 4,096 tokens.</summary>
    MaskedWords,
}
