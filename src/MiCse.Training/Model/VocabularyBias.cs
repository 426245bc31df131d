using MiCse.Models;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MiCse.Training.Model;

/// <summary>The bias of a masked-language-model decoder that has no weight of its own.</summary>
internal sealed class VocabularyBias : nn.Module
{
    // TorchSharp replaces the field by this name when the module changes its element type.
    [ComponentName(Name = "bias")]
    private Parameter _bias;

    public VocabularyBias(nn.Module root, WeightNames.Affine names, int words)
        : base(nameof(VocabularyBias))
    {
        _bias = new Parameter(zeros(words));
        register_parameter("bias", _bias);
        StateDict.Register(root, names.Module, this);
    }

    /// <summary>[vocabulary]</summary>
    public Tensor Value => _bias;
}
