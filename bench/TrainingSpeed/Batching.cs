namespace MiCse.TrainingSpeed;

/// <summary>Which sentences share a batch, and what they are padded to.</summary>
internal enum Batching
{
    /// <summary>Any, to the longest among them.</summary>
    Longest,

    /// <summary>Any, to as many tokens as a sentence may have.</summary>
    Fixed,

    /// <summary>Those of like length, to the longest among them.</summary>
    LikeLength,
}
