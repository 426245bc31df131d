using MiCse.Models;
using static TorchSharp.torch;

namespace MiCse.Training.Model;

/// <summary>One transformer layer: attention and feed-forward, each added to its input and normalised.</summary>
internal sealed class EncoderLayer
{
    private readonly double _dropout;
    private readonly SelfAttention _attention;
    private readonly Dense _attentionOutput;
    private readonly Norm _attentionNorm;
    private readonly Dense _intermediate;
    private readonly Dense _output;
    private readonly Norm _outputNorm;

    public EncoderLayer(
        nn.Module root, WeightNames.LayerNames names, EncoderShape config, double hiddenDropout, double attentionDropout, Precision precision)
    {
        var (hidden, intermediate) = (config.HiddenSize, config.IntermediateSize);
        var biases = config.Plan.Biases;
        var attention = biases.HasFlag(Biases.Attention);
        _dropout = hiddenDropout;
        _attention = new SelfAttention(root, names, config, attentionDropout, precision, attention);
        _attentionOutput = new Dense(root, names.AttentionOutput, hidden, hidden, config, precision, attention);
        _attentionNorm = new Norm(root, names.AttentionNorm, config);
        _intermediate = new Dense(root, names.Intermediate, hidden, intermediate, config, precision, biases.HasFlag(Biases.Intermediate));
        _output = new Dense(root, names.Output, intermediate, hidden, config, precision, biases.HasFlag(Biases.Output));
        _outputNorm = new Norm(root, names.OutputNorm, config);
    }

    /// <inheritdoc cref="SelfAttention.Forward"/>
    /// <returns>The layer's output, [sequences, tokens, hidden], and the map, [sequences, heads, query, key].</returns>
    public (Tensor Hidden, Tensor? Map) Forward(Tensor hidden, Tensor bias, bool wantsMap, bool training)
    {
        using var scope = NewDisposeScope();
        var (context, map) = _attention.Forward(hidden, bias, wantsMap, training);
        var attended = _attentionNorm.Forward(hidden + Dropout(_attentionOutput.Forward(context), training));
        var intermediate = nn.functional.gelu(_intermediate.Forward(attended)); // [sequences, tokens, intermediate]
        var output = _outputNorm.Forward(attended + Dropout(_output.Forward(intermediate), training)); // [sequences, tokens, hidden]
        return (output.MoveToOuterDisposeScope(), map?.MoveToOuterDisposeScope());
    }

    private Tensor Dropout(Tensor states, bool training) => nn.functional.dropout(states, _dropout, training);
}
