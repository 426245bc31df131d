using MiCse.Explanation;
using MiCse.Models;
using MiCse.Training.Losses;
using MiCse.Training.Model;
using static TorchSharp.torch;

namespace MiCse.Training.Explanation;

/// <summary>Sums the attention information of pairs of passes through an encoder.</summary>
internal sealed class HeadSum(EncoderShape config)
{
    private readonly LayerRange? _range = config.Layers < 2 ? null : LayerRange.Default(config.Layers);
    private readonly double[] _sums = new double[config.Layers * config.Heads];
    private readonly int[] _counts = new int[config.Layers * config.Heads];
    private double _mutualInformation;
    private int _pairs;

    /// <summary>Adds one pair.</summary>
    /// <param name="attentionMaps">Those of all layers, each [2, heads, query, key].</param>
    public void Add(IReadOnlyList<Tensor> attentionMaps)
    {
        _pairs++;
        if (attentionMaps.Count == 0)
        {
            return;
        }

        var heads = AttentionMutualInformation.ByHead(attentionMaps).cpu().data<double>(); // [1, layers, heads]
        for (var head = 0; head < _sums.Length; head++)
        {
            // Dropout may leave nothing in common of a very short text.
            if (!double.IsNaN(heads[head]))
            {
                _sums[head] += heads[head];
                _counts[head]++;
            }
        }

        if (_range is { } range)
        {
            _mutualInformation += AttentionMutualInformation.Exact([.. attentionMaps.Take(range.First..range.End)]).item<double>();
        }
    }

    /// <summary>The mean over the pairs; a head that had nothing in common in any pair has 0.</summary>
    public AttentionInformation Mean() => new(
        new HeatMap(config.Layers, config.Heads, (layer, head) =>
            _sums[(layer * config.Heads) + head] / Math.Max(1, _counts[(layer * config.Heads) + head])),
        _range,
        _range is null ? null : _mutualInformation / _pairs,
        _pairs);
}
