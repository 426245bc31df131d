namespace MiCse.Training.Model;

/// <summary>In which numbers the linear layers multiply. Weights and gradients are float32 either way, and on the processor everything else.</summary>
public enum Precision
{
    /// <summary>float32.</summary>
    Float32,

    /// <summary>
    /// Inputs and weights of linear layers are rounded to bfloat16 for the matrix multiplication. Faster on processors with bfloat16
    /// instructions; results differ from float32 in the third digit, and their last digit may depend on the number of threads. On a GPU hidden states are bfloat16 too, but
    /// for LayerNorms, attention maps and losses.
    /// </summary>
    BFloat16,
}
