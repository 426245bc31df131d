using MiCse.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MiCse.Training.Model;

/// <summary>A linear layer: x·Wᵀ + b (or without b), multiplied in the chosen precision.</summary>
internal sealed class Dense
{
    private readonly Linear _linear;
    private readonly Precision _precision;

    /// <summary>Fresh weights from N(0, <see cref="EncoderShape.InitializerRange"/>²), biases 0.</summary>
    public Dense(nn.Module root, WeightNames.Affine names, int inputs, int outputs, EncoderShape config, Precision precision, bool hasBias = true)
    {
        _linear = nn.Linear(inputs, outputs, hasBias);
        _precision = precision;
        using (no_grad())
        {
            _linear.weight.normal_(0, config.InitializerRange);
            _linear.bias?.zero_();
        }

        StateDict.Register(root, names.Module, _linear);
    }

    /// <summary>[…, inputs] → […, outputs]</summary>
    public Tensor Forward(Tensor input) => _precision.Linear(input, _linear.weight!, _linear.bias);
}
