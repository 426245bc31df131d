namespace MiCse.Training.Batches;

/// <summary>What random numbers are for. The names take part in <see cref="Randomness.SeedFor"/>: renaming one changes every training.</summary>
internal enum RandomPurpose
{
    /// <summary>The order of the sentences; one index an epoch.</summary>
    DataOrder,

    /// <summary>Dropout in the encoder; one index a step.</summary>
    Dropout,

    /// <summary>The positions that the sampled attention mutual information looks at; one index a step.</summary>
    AttentionSampling,

    /// <summary>The tokens that masked language modelling masks; one index a step.</summary>
    Masking,

    /// <summary>Fresh weights of the heads.</summary>
    Initialization,

    /// <summary>The examples that are held out of the training.</summary>
    HeldOut,

    /// <summary>Dropout when held-out examples are measured; one index a batch, the same at each evaluation.</summary>
    HeldOutDropout,

    /// <summary>The tokens that are masked in held-out texts; one index a batch, the same at each evaluation.</summary>
    HeldOutMasking,

    /// <summary>The teacher's embeddings that a distillation compares a batch with; one index a step.</summary>
    TeacherQueue,
}
