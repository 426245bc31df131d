namespace MiCse.Training.Optimization;

/// <summary>How the learning rate goes on after the warm-up.</summary>
public enum LearningRateSchedule
{
    /// <summary>It falls to 0 in a straight line.</summary>
    Linear,

    /// <summary>It falls to 0 along half a cosine wave: slowly at first and at the end.</summary>
    Cosine,

    /// <summary>It stays as it is.</summary>
    Constant,
}
