using MiCse.Models;
using MiCse.Numerics;
using MiCse.Weights;

namespace MiCse.Inference.Layers;

/// <summary>Ids → the first hidden states: LayerNorm(word + position + token type), as the plan has them, and a projection where it has one. Thread-safe.</summary>
internal sealed class EmbeddingLayer : IDisposable
{
    private readonly int? _paddingId;
    private readonly EmbeddingTable _words;
    private readonly EmbeddingTable? _positions;
    private readonly EmbeddingTable? _types;
    private readonly LayerNorm _norm;
    private readonly Linear? _projection;

    public EmbeddingLayer(GraphWeights weights, EncoderPrecision precision, LinearFactory linears)
    {
        _paddingId = weights.Plan.Positions?.PaddingId;
        _words = precision == EncoderPrecision.Int8
            ? new EmbeddingTable(weights.Table(WeightNames.WordEmbeddings))
            : new EmbeddingTable(weights.Stored(WeightNames.WordEmbeddings));
        _positions = weights.Plan.Positions is null ? null : new EmbeddingTable(weights.Float(WeightNames.PositionEmbeddings));
        _types = weights.Plan.TokenTypes == TokenTypes.None ? null : new EmbeddingTable(weights.Float(WeightNames.TokenTypeEmbeddings));
        _norm = LayerNorm.From(weights, WeightNames.EmbeddingsNorm);
        _projection = weights.Plan.EmbeddingSize is null ? null : linears.Create(WeightNames.EmbeddingProjection);
    }

    /// <summary>Computes the hidden states of a batch.</summary>
    /// <param name="batch">The texts.</param>
    /// <param name="workspace">Its hidden states are set, [tokens, hidden].</param>
    /// <param name="team">The worker threads.</param>
    /// <exception cref="ArgumentOutOfRangeException">The model has no such id, position or token type.</exception>
    public void Apply(TransformerInput batch, Workspace workspace, Team team)
    {
        var states = _projection is null ? workspace.Hidden : workspace.Embedded;
        states.Reserve(batch.Tokens);
        workspace.Embedded.Factors = _projection?.Factors;
        team.Share(batch.Count, (from, to) =>
        {
            for (var text = from; text < to; text++)
            {
                ApplyTo(batch, text, states);
            }
        });
        _projection?.Apply(states, workspace.Hidden, batch.Tokens, null, workspace, team);
    }

    public void Dispose()
    {
        _words.Dispose();
        _positions?.Dispose();
        _types?.Dispose();
        _projection?.Dispose();
    }

    private void ApplyTo(TransformerInput batch, int text, Activations states)
    {
        var ids = batch.Ids(text);
        var types = batch.TokenTypes(text);
        var tokensBefore = 0;
        for (var token = 0; token < ids.Length; token++)
        {
            var id = ids[token];
            var position = token;
            if (_paddingId is { } padding)
            {
                position = id == padding ? padding : padding + ++tokensBefore;
            }

            var row = batch.Starts[text] + token;
            var values = states.Row(row);
            values.Clear();
            _words.AddTo(id, values);
            _types?.AddTo(types.IsEmpty ? 0 : types[token], values);
            if (_positions is null)
            {
                _norm.Apply(values);
            }
            else
            {
                _norm.Apply(values, _positions[position]);
            }

            states.Complete(row, values);
        }
    }
}
