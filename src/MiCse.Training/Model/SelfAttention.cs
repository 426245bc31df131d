using MiCse.Models;
using static TorchSharp.torch;

namespace MiCse.Training.Model;

/// <summary>Multi-head scaled dot-product attention with dropout on the attention probabilities. Layers that share it differ in what they know of places.</summary>
internal sealed class SelfAttention
{
    private readonly int _heads;
    private readonly int _headSize;
    private readonly double _dropout;
    private readonly Dense _query;
    private readonly Dense _key;
    private readonly Dense _value;

    public SelfAttention(
        nn.Module root, WeightNames.LayerNames names, EncoderShape config, double dropout, Precision precision, bool hasBiases)
    {
        (_heads, _headSize, _dropout) = (config.Heads, config.HeadSize, dropout);
        _query = new Dense(root, names.Query, config.HiddenSize, config.HiddenSize, config, precision, hasBiases);
        _key = new Dense(root, names.Key, config.HiddenSize, config.HiddenSize, config, precision, hasBiases);
        _value = new Dense(root, names.Value, config.HiddenSize, config.HiddenSize, config, precision, hasBiases);
    }

    /// <param name="hidden">[sequences, tokens, hidden]</param>
    /// <param name="places">What is added to scores, and by which angles queries and keys are turned.</param>
    /// <param name="wantsMap">Whether the attention map is returned; if not, none need exist.</param>
    /// <param name="training">Whether dropout is on.</param>
    /// <returns>The context, [sequences, tokens, hidden], and the map, [sequences, heads, query, key].</returns>
    public (Tensor Context, Tensor? Map) Forward(Tensor hidden, LayerPlaces places, bool wantsMap, bool training)
    {
        using var scope = NewDisposeScope();
        var (bias, angles) = places;
        var query = Turn(SplitHeads(_query.Forward(hidden)));
        var key = Turn(SplitHeads(_key.Forward(hidden)));
        var value = SplitHeads(_value.Forward(hidden));
        Tensor? map = null;
        Tensor context;
        if (wantsMap)
        {
            var wide = hidden.dtype.Wide();
            var scores = (query.matmul(key.transpose(-2, -1)).to(wide) / Math.Sqrt(_headSize)) + bias.to(wide); // [sequences, heads, query, key]
            map = nn.functional.dropout(scores.softmax(-1), _dropout, training);
            context = map.to(hidden.dtype).matmul(value); // [sequences, heads, tokens, head size]
        }
        else
        {
            context = nn.functional.scaled_dot_product_attention(query, key, value, bias, training ? _dropout : 0); // [sequences, heads, tokens, head size]
        }

        var joined = context.transpose(1, 2).reshape(hidden.shape); // [sequences, tokens, hidden]
        return (joined.MoveToOuterDisposeScope(), map?.MoveToOuterDisposeScope());

        Tensor Turn(Tensor heads) => angles?.Turn(heads) ?? heads;
    }

    private Tensor SplitHeads(Tensor states) =>
        states.view(states.shape[0], states.shape[1], _heads, _headSize).transpose(1, 2); // [sequences, heads, tokens, head size]
}
