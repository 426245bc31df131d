namespace MiCse.TrainingSpeed;

/// <summary>The parts of a training step.</summary>
internal enum StepPart
{
    /// <summary>Pad and mask.</summary>
    Batch,

    /// <summary>From ids to the loss.</summary>
    Forward,

    /// <summary>From the loss to the gradients.</summary>
    Backward,

    /// <summary>Clipping and optimizer step.</summary>
    Optimizer,
}
