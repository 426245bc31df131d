using MiCse.Models;
using static TorchSharp.torch;

namespace MiCse.Training.Model;

/// <summary>
/// What attention knows of the places of a batch's tokens: which keys a query sees, what distances add to scores, and by which angles queries and keys are
/// turned. Layers share the tensors, which belong to the dispose scope in which they are first asked for.
/// </summary>
/// <param name="config">The encoder's shape.</param>
/// <param name="mask">1 for tokens, 0 for padding; [sequences, tokens].</param>
/// <param name="type">The type of the hidden states.</param>
/// <param name="distances">The bias table of the encoder; null where it has none.</param>
internal sealed class TokenPlaces(EncoderShape config, Tensor mask, ScalarType type, DistanceBias? distances)
{
    private const int NoWindow = -1;

    private readonly EncoderPlan _plan = config.Plan;
    private readonly Dictionary<int, Tensor> _biases = []; // by window
    private readonly Dictionary<double, RotaryAngles> _angles = []; // by base
    private Tensor? _distanceBias;

    private long Tokens => mask.shape[1];

    /// <summary>What a layer's attention needs.</summary>
    /// <param name="layer">0-based.</param>
    public LayerPlaces Of(int layer) => new(Bias(layer), _plan.Rotary is { } rotary ? Angles(rotary, layer) : null);

    /// <summary>What is added to attention scores: the lowest number at keys that a query does not see, so that their probability is exactly 0.</summary>
    private Tensor Bias(int layer)
    {
        var window = _plan.Window?.Invoke(layer) is { } width && width < Tokens - 1 ? width : NoWindow;
        if (!_biases.TryGetValue(window, out var bias))
        {
            var unseen = mask.eq(0).unsqueeze(1).unsqueeze(1); // [sequences, 1, 1, tokens]
            unseen = window == NoWindow ? unseen : unseen.logical_or(Beyond(window)); // [sequences, 1, tokens, tokens]
            _biases[window] = bias = distances is null
                ? zeros(unseen.shape, type, mask.device).masked_fill_(unseen, type.Lowest()) // [sequences, 1, 1 or tokens, tokens]
                : where(unseen, full([], type.Lowest(), type, mask.device), _distanceBias ??= distances.Forward(Tokens).to(type)); // [sequences, heads, tokens, tokens]
        }

        return bias;
    }

    /// <summary>Which keys are too far from a query. Padding as a query sees the whole text, so that there are keys it sees. [sequences, 1, tokens, tokens]</summary>
    private Tensor Beyond(int window)
    {
        var places = arange(Tokens, ScalarType.Int64, mask.device);
        var far = (places.unsqueeze(1) - places).abs().gt(window); // [tokens, tokens]
        return far.logical_and(mask.ne(0).unsqueeze(1).unsqueeze(3));
    }

    private RotaryAngles Angles(RotaryPositions rotary, int layer)
    {
        var key = rotary.Base(layer);
        if (!_angles.TryGetValue(key, out var angles))
        {
            var bases = rotary.Scaling is null ? [key] : Lengths().Select(tokens => rotary.BaseFor(layer, (int)tokens, config.HeadSize)).ToArray();
            _angles[key] = angles = RotaryAngles.Of(bases, Tokens, config.HeadSize, type, mask.device);
        }

        return angles;
    }

    /// <summary>Tokens of each sequence: up to the last that the mask shows.</summary>
    private long[] Lengths()
    {
        using var scope = NewDisposeScope();
        var places = mask.ne(0).to(ScalarType.Int64) * arange(1, Tokens + 1, ScalarType.Int64, mask.device);
        return places.amax([1]).cpu().data<long>().ToArray();
    }
}

/// <summary>What the attention of a layer knows of places.</summary>
/// <param name="Bias">Added to the scores: [sequences, 1 or heads, 1 or tokens, tokens].</param>
/// <param name="Angles">By which queries and keys are turned; null: they are not.</param>
internal readonly record struct LayerPlaces(Tensor Bias, RotaryAngles? Angles);
