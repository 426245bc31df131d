using MiCse.Checkpoints;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MiCse.Training.Model;

/// <summary>LayerNorm over the hidden dimension, registered under its checkpoint name.</summary>
internal sealed class Norm
{
    private readonly LayerNorm _norm;

    public Norm(nn.Module root, WeightNames.Affine names, BertConfig config)
    {
        _norm = nn.LayerNorm(config.HiddenSize, config.LayerNormEpsilon);
        StateDict.Register(root, names.Module, _norm);
    }

    public Tensor Forward(Tensor input) => _norm.forward(input);
}
