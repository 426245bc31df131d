using MiCse.Models;
using static TorchSharp.torch;

namespace MiCse.Training.Tests.Model;

/// <summary>A small configuration and a padded batch for it.</summary>
internal static class SmallModel
{
    public static EncoderShape Config { get; } = new("bert")
    {
        VocabularySize = 50,
        HiddenSize = 16,
        Layers = 4,
        Heads = 2,
        IntermediateSize = 32,
        MaxPositions = 12,
    };

    /// <summary>Four sequences of eight tokens, the last of which is padding in two of them.</summary>
    public static (Tensor Ids, Tensor Mask) Batch()
    {
        var mask = ones(4, 8, ScalarType.Int64);
        mask.narrow(0, 0, 2).narrow(1, 7, 1).zero_();
        return (arange(32, ScalarType.Int64).reshape(4, 8) * mask, mask);
    }
}
