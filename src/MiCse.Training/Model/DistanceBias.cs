using MiCse.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MiCse.Training.Model;

/// <summary>A learned number for each head and bucket of distances (<see cref="RelativeBias"/>).</summary>
internal sealed class DistanceBias
{
    private readonly RelativeBias _buckets;
    private readonly Embedding _table;

    /// <summary>Fresh numbers from N(0, <see cref="EncoderShape.InitializerRange"/>²).</summary>
    public DistanceBias(nn.Module root, RelativeBias buckets, EncoderShape config)
    {
        _buckets = buckets;
        _table = StateDict.Table(root, WeightNames.RelativeBias, buckets.TableRows, config.Heads, null, config);
    }

    /// <summary>What distances add to scores: [1, heads, query, key].</summary>
    /// <param name="tokens">Tokens of a sequence.</param>
    public Tensor Forward(long tokens)
    {
        using var scope = NewDisposeScope();
        var rows = Enumerable.Range(1 - (int)tokens, 2 * (int)tokens - 1).Select(distance => (long)_buckets.Bucket(distance)).ToArray(); // by distance
        var places = arange(tokens, ScalarType.Int64, _table.weight!.device);
        var distances = places - places.unsqueeze(1) + (tokens - 1); // [query, key], from 0
        var buckets = tensor(rows, device: _table.weight.device).index_select(0, distances.flatten()).reshape(tokens, tokens);
        return _table.forward(buckets).permute(2, 0, 1).unsqueeze(0).MoveToOuterDisposeScope();
    }
}
