using MiCse.Models;
using static TorchSharp.torch;

namespace MiCse.Training.Model;

/// <summary>The weights of a layer and what is computed with them: attention and feed-forward part, each added to its input, with LayerNorms after the sums or before the parts.</summary>
internal sealed class EncoderLayer
{
    private readonly bool _normsBefore;
    private readonly double _dropout;
    private readonly SelfAttention _attention;
    private readonly Dense _attentionOutput;
    private readonly Norm? _attentionNorm;
    private readonly FeedForward _feedForward;
    private readonly Norm _outputNorm;

    /// <param name="root">Where the names of weights start.</param>
    /// <param name="index">Of the layer that has the weights, 0-based.</param>
    /// <param name="config">The encoder's shape.</param>
    /// <param name="hiddenDropout">Share of hidden states that are dropped in training.</param>
    /// <param name="attentionDropout">Share of attention probabilities that are dropped in training.</param>
    /// <param name="precision">In which numbers linear layers multiply.</param>
    public EncoderLayer(nn.Module root, int index, EncoderShape config, double hiddenDropout, double attentionDropout, Precision precision)
    {
        var (names, plan, hidden) = (WeightNames.Layer(index), config.Plan, config.HiddenSize);
        var hasBiases = plan.Biases.HasFlag(Biases.Attention);
        _normsBefore = plan.Norm == NormPlacement.Before;
        _dropout = plan.AttentionOutputDropout switch
        {
            DropoutRate.Hidden => hiddenDropout,
            DropoutRate.Attention => attentionDropout,
            _ => 0,
        };
        _attention = new SelfAttention(root, names, config, attentionDropout, precision, hasBiases);
        _attentionOutput = new Dense(root, names.AttentionOutput, hidden, hidden, config, precision, hasBiases);
        _attentionNorm = plan.NormsInput(index) ? new Norm(root, names.AttentionNorm, hidden, config, plan.NormBiases) : null;
        _feedForward = new FeedForward(root, names, config, hiddenDropout, precision);
        _outputNorm = new Norm(root, names.OutputNorm, hidden, config, plan.NormBiases);
    }

    /// <param name="hidden">[sequences, tokens, hidden]</param>
    /// <param name="places">What the layer's attention knows of places.</param>
    /// <param name="wantsMap">Whether the attention map is returned; if not, none need exist.</param>
    /// <param name="training">Whether dropout is on.</param>
    /// <returns>The layer's output, [sequences, tokens, hidden], and the map, [sequences, heads, query, key].</returns>
    public (Tensor Hidden, Tensor? Map) Forward(Tensor hidden, LayerPlaces places, bool wantsMap, bool training)
    {
        using var scope = NewDisposeScope();
        var attending = _normsBefore && _attentionNorm is not null ? _attentionNorm.Forward(hidden) : hidden;
        var (context, map) = _attention.Forward(attending, places, wantsMap, training);
        var attended = hidden + nn.functional.dropout(_attentionOutput.Forward(context), _dropout, training);
        var output = _normsBefore
            ? attended + _feedForward.Forward(_outputNorm.Forward(attended), training)
            : After(_attentionNorm!.Forward(attended)); // [sequences, tokens, hidden]
        return (output.MoveToOuterDisposeScope(), map?.MoveToOuterDisposeScope());

        Tensor After(Tensor normalized) => _outputNorm.Forward(normalized + _feedForward.Forward(normalized, training));
    }
}
