using MiCse.Models;
using MiCse.Training.Native;
using static TorchSharp.torch;

namespace MiCse.Training.Model;

/// <summary>
/// A trainable encoder. Its state dict has the names of <see cref="WeightNames"/>. Dropout and fresh weights come
/// from libtorch's global generator: after the same <c>torch.manual_seed</c> the same calls give the same bytes, and in float32 the
/// same gradients at any number of threads. Not thread-safe.
/// </summary>
internal sealed class EncoderModule : nn.Module
{
    private readonly Embeddings _embeddings;
    private readonly DistanceBias? _distances;
    private readonly EncoderLayer[] _layers; // the same one where layers share weights
    private readonly Norm? _finalNorm;
    private readonly ScalarType? _stateType;

    static EncoderModule() => LibTorch.Load();

    /// <summary>An encoder with fresh weights, in training mode.</summary>
    /// <param name="config">Shape and constants. Its dropout rates are not used.</param>
    /// <param name="hiddenDropout">Share of hidden states that are dropped in training, 0 to 1.</param>
    /// <param name="attentionDropout">Share of attention probabilities that are dropped in training, 0 to 1.</param>
    /// <param name="precision">In which numbers linear layers multiply.</param>
    /// <param name="stateType">The type of hidden states between layers; null for that of the weights.</param>
    public EncoderModule(
        EncoderShape config, double hiddenDropout, double attentionDropout, Precision precision = Precision.Float32, ScalarType? stateType = null)
        : base(nameof(EncoderModule))
    {
        ArgumentNullException.ThrowIfNull(config);
        (Config, _stateType) = (config, stateType);
        var plan = config.Plan;
        _embeddings = new Embeddings(this, config, hiddenDropout, precision);
        _distances = plan.RelativeBias is null ? null : new DistanceBias(this, plan.RelativeBias, config);
        var weights = WeightNames.LayersWithWeights(config)
            .ToDictionary(index => index, index => new EncoderLayer(this, index, config, hiddenDropout, attentionDropout, precision));
        _layers = [.. Enumerable.Range(0, config.Layers).Select(index => weights[plan.WeightsOf(index)])];
        _finalNorm = plan.FinalNorm ? new Norm(this, WeightNames.FinalNorm, config.HiddenSize, config, plan.NormBiases) : null;
    }

    /// <summary>Shape and constants.</summary>
    public EncoderShape Config { get; }

    /// <summary>The word table, for a masked-language-model head that shares it.</summary>
    internal Embeddings Embeddings => _embeddings;

    /// <summary>Encodes a batch. Dropout is on in training mode (<c>train()</c>, <c>eval()</c>).</summary>
    /// <param name="ids">Token ids, int64 [sequences, tokens].</param>
    /// <param name="mask">1 for tokens, 0 for padding; [sequences, tokens], of any type.</param>
    /// <param name="attentionLayers">The layers whose attention maps are returned; null for none.</param>
    /// <param name="hiddenStates">Whether the hidden states of all layers are returned.</param>
    /// <param name="tokenTypes">Token type ids, int64 [sequences, tokens]; null for all 0.</param>
    /// <exception cref="ArgumentException">More tokens than there are positions in a table, or layers beyond the encoder's.</exception>
    public EncoderOutput Forward(
        Tensor ids, Tensor mask, LayerRange? attentionLayers = null, bool hiddenStates = false, Tensor? tokenTypes = null)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(mask);
        if (Config.Plan.Positions is not null && ids.shape[1] > Config.MaxTokens)
        {
            throw new ArgumentException($"A sequence of {ids.shape[1]} tokens is longer than the {Config.MaxTokens} this encoder takes.", nameof(ids));
        }

        if (attentionLayers is { } range && (range.First < 0 || range.End > Config.Layers))
        {
            throw new ArgumentException($"The layers {range} do not exist in an encoder of {Config.Layers} layers.", nameof(attentionLayers));
        }

        using var scope = NewDisposeScope();
        var training = this.training;
        var hidden = _embeddings.Forward(ids, tokenTypes, training); // [sequences, tokens, hidden]
        hidden = _stateType is { } type ? hidden.to(type) : hidden;
        var places = new TokenPlaces(Config, mask, hidden.dtype, _distances);
        List<Tensor> states = [hidden];
        List<Tensor> maps = [];
        for (var layer = 0; layer < _layers.Length; layer++)
        {
            var wantsMap = attentionLayers?.Contains(layer) ?? false;
            (hidden, var map) = _layers[layer].Forward(hidden, places.Of(layer), wantsMap, training);
            states.Add(hidden);
            if (map is not null)
            {
                maps.Add(map.MoveToOuterDisposeScope());
            }
        }

        if (_finalNorm is not null)
        {
            states[^1] = hidden = _finalNorm.Forward(hidden);
        }

        var kept = (hiddenStates ? states : [hidden]).ConvertAll(state => (state.dtype.IsHalf() ? state.to(ScalarType.Float32) : state).MoveToOuterDisposeScope());
        return new EncoderOutput(kept[^1], hiddenStates ? kept : [], maps);
    }
}
