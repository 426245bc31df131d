using MiCse.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MiCse.Training.Model;

/// <summary>LayerNorm over the hidden dimension, registered under its checkpoint name.</summary>
internal sealed class Norm
{
    private readonly LayerNorm _norm;
    private readonly long[] _shape;
    private readonly double _epsilon;

    public Norm(nn.Module root, WeightNames.Affine names, EncoderShape config)
    {
        (_shape, _epsilon) = ([config.HiddenSize], config.LayerNormEpsilon);
        _norm = nn.LayerNorm(config.HiddenSize, config.LayerNormEpsilon);
        StateDict.Register(root, names.Module, _norm);
    }

    /// <summary>[…, hidden] → […, hidden]</summary>
    public Tensor Forward(Tensor input)
    {
        // Weight and bias apart: the gradient of libtorch's fused ones is summed in one part per thread, and its last bits tell how many there were.
        using var normalized = nn.functional.layer_norm(input, _shape, eps: _epsilon); // […, hidden]
        return addcmul(_norm.bias!, normalized, _norm.weight!, 1); // […, hidden]
    }
}
