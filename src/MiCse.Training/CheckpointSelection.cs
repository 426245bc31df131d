namespace MiCse.Training;

/// <summary>Which weights of a training are kept.</summary>
public enum CheckpointSelection
{
    /// <summary>Those with the highest score of the evaluation, which needs labelled data such as STS-B dev.</summary>
    Score,

    /// <summary>
    /// Those with the lowest <see cref="HeldOutMeasures.Loss"/>, measured on training sentences that were held out: for data that no
    /// labelled set stands for.
    /// </summary>
    LabelFree,

    /// <summary>Those after the last step.</summary>
    Last,
}
