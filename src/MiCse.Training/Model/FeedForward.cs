using MiCse.Models;
using static TorchSharp.torch;

namespace MiCse.Training.Model;

/// <summary>output(activation(intermediate(h))), or with a gate output(activation(intermediate(h)) · gate(h)).</summary>
internal sealed class FeedForward
{
    private readonly Activation _activation;
    private readonly FeedForwardDropout _place;
    private readonly double _dropout;
    private readonly Dense _intermediate;
    private readonly Dense? _gate;
    private readonly Dense _output;

    public FeedForward(nn.Module root, WeightNames.LayerNames names, EncoderShape config, double dropout, Precision precision)
    {
        var (plan, hidden, intermediate) = (config.Plan, config.HiddenSize, config.IntermediateSize);
        var innerBias = plan.Biases.HasFlag(Biases.Intermediate);
        (_activation, _place, _dropout) = (plan.Activation, plan.FeedForwardDropout, dropout);
        _intermediate = new Dense(root, names.Intermediate, hidden, intermediate, config, precision, innerBias);
        _gate = plan.Gated ? new Dense(root, names.Gate, hidden, intermediate, config, precision, innerBias) : null;
        _output = new Dense(root, names.Output, intermediate, hidden, config, precision, plan.Biases.HasFlag(Biases.Output));
    }

    /// <summary>[sequences, tokens, hidden] → [sequences, tokens, hidden]</summary>
    /// <param name="input">What goes in.</param>
    /// <param name="training">Whether dropout is on.</param>
    public Tensor Forward(Tensor input, bool training)
    {
        using var scope = NewDisposeScope();
        var inner = _activation.Activate(_intermediate.Forward(input)); // [sequences, tokens, intermediate]
        inner = _gate is null ? inner : inner * _gate.Forward(input);
        inner = Dropout(inner, FeedForwardDropout.Inner);
        return Dropout(_output.Forward(inner), FeedForwardDropout.Output).MoveToOuterDisposeScope();

        Tensor Dropout(Tensor states, FeedForwardDropout place) => place == _place ? nn.functional.dropout(states, _dropout, training) : states;
    }
}
