using MiCse.Models;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MiCse.Training.Model;

/// <summary>LayerNorm over the last dimension, registered under its checkpoint name.</summary>
internal sealed class Norm
{
    private readonly LayerNorm _norm;
    private readonly long[] _shape;
    private readonly double _epsilon;

    public Norm(nn.Module root, WeightNames.Affine names, int size, EncoderShape config, bool hasBias)
    {
        (_shape, _epsilon) = ([size], config.LayerNormEpsilon);
        _norm = nn.LayerNorm(size, config.LayerNormEpsilon, bias: hasBias);
        StateDict.Register(root, names.Module, _norm);
    }

    /// <summary>[…, size] → […, size]</summary>
    public Tensor Forward(Tensor input)
    {
        // The fused one where no thread counts; in float32, as torch's autocast does.
        if (input.device_type != DeviceType.CPU || input.dtype.IsHalf())
        {
            using var scope = NewDisposeScope();
            var wide = input.dtype.Wide();
            return nn.functional.layer_norm(input.to(wide), _shape, _norm.weight!.to(wide), _norm.bias?.to(wide), _epsilon).to(input.dtype).MoveToOuterDisposeScope(); // […, size]
        }

        // Weight and bias apart: the gradient of libtorch's fused ones is summed in one part per thread, and its last bits tell how many there were.
        using var normalized = nn.functional.layer_norm(input, _shape, eps: _epsilon); // […, size]
        return _norm.bias is { } bias ? addcmul(bias, normalized, _norm.weight!, 1) : normalized * _norm.weight!; // […, size]
    }
}
