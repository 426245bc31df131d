namespace MiCse.Inference;

/// <summary>Where a model is trained, or computes embeddings. A GPU needs MiCse.Training, whose libtorch computes there.</summary>
public enum ComputeDevice
{
    /// <summary>The processor. The default: the same input gives the same bytes.</summary>
    Cpu,

    /// <summary>An NVIDIA GPU, the first that libtorch sees (<c>CUDA_VISIBLE_DEVICES</c> chooses). The same input gives nearly the same numbers.</summary>
    Cuda,

    /// <summary>A GPU where libtorch finds one, else the processor.</summary>
    Auto,
}
