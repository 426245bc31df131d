using MiCse.Inference;
using MiCse.Models;

namespace MiCse;

/// <summary>
/// What computes the embeddings of a <see cref="SentenceEncoder"/> in place of the engine of this library; MiCse.Training has one on libtorch, for GPUs. Another engine adds up
/// in another order, so its vectors agree with this library's within rounding and not to the last bit.
/// </summary>
public abstract class EncoderBackend
{
    /// <summary>Engines are internal, and so are their makers.</summary>
    internal EncoderBackend()
    {
    }

    /// <summary>Where it computes, such as "cuda"; read once a model is loaded.</summary>
    public abstract string Device { get; }

    /// <summary>Loads a model; null where the engine of this library does better with it.</summary>
    /// <param name="settings">The model, and how it runs.</param>
    /// <exception cref="ArgumentException">It cannot compute this model, or not as the options say.</exception>
    internal abstract (IEncoderEngine Engine, EncoderPrecision Precision)? Load(EncoderSettings settings);
}
