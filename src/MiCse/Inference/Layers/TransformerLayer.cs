using System.Numerics.Tensors;
using MiCse.Models;
using MiCse.Numerics;
using MiCse.Weights;

namespace MiCse.Inference.Layers;

/// <summary>
/// The weights of a layer and what is computed with them: self-attention, then the feed-forward part, each added to its input, with LayerNorms after the sums or
/// before the parts. Thread-safe.
/// </summary>
internal sealed class TransformerLayer : IDisposable
{
    private readonly bool _normsBefore;
    private readonly bool _isGated;
    private readonly ActivationFunction _activation;
    private readonly Linear _query;
    private readonly Linear _keyAndValue;
    private readonly Linear _attentionOutput;
    private readonly LayerNorm? _attentionNorm;
    private readonly Linear _intermediate;
    private readonly Linear _output;
    private readonly LayerNorm _outputNorm;

    /// <param name="weights">A complete encoder.</param>
    /// <param name="index">The layer whose weights it has, 0-based.</param>
    /// <param name="linears">Makes linear layers.</param>
    public TransformerLayer(GraphWeights weights, int index, LinearFactory linears)
    {
        var (plan, names) = (weights.Plan, WeightNames.Layer(index));
        (_normsBefore, _isGated, _activation) = (plan.Norm == NormPlacement.Before, plan.Gated, plan.Activation.Function());
        _query = linears.Create(names.Query);
        _keyAndValue = linears.Create(names.Key, names.Value);
        _attentionOutput = linears.Create(names.AttentionOutput);
        _attentionNorm = plan.NormsInput(index) ? LayerNorm.From(weights, names.AttentionNorm) : null;
        _intermediate = _isGated ? linears.Create(names.Intermediate, names.Gate) : linears.Create(names.Intermediate);
        _output = linears.Create(names.Output);
        _outputNorm = LayerNorm.From(weights, names.OutputNorm);
    }

    /// <summary>What hidden states are multiplied by before they are quantized for it; null: nothing, or it normalizes them first.</summary>
    public float[]? InputFactors => _normsBefore && _attentionNorm is not null ? null : _query.Factors;

    /// <summary>Replaces the hidden states of a batch by those after this layer.</summary>
    /// <param name="batch">The texts.</param>
    /// <param name="attention">The attention of the layer.</param>
    /// <param name="firstOnly">Whether only the hidden states of first tokens are wanted: [texts, hidden] is the result then. The others serve as keys and values.</param>
    /// <param name="next">What the hidden states after this layer are multiplied by before they are quantized; null: nothing.</param>
    /// <param name="workspace">The hidden states [tokens, hidden].</param>
    /// <param name="team">The worker threads.</param>
    public void Apply(TransformerInput batch, SelfAttention attention, bool firstOnly, float[]? next, Workspace workspace, Team team)
    {
        var input = workspace.Hidden;
        workspace.Normalized.Factors = _query.Factors;
        var attending = _normsBefore && _attentionNorm is not null ? Normalize(input, _attentionNorm, batch.Tokens, workspace.Normalized, team) : input;
        _keyAndValue.Apply(attending, workspace.KeysAndValues, batch.Tokens, attention.Preparation(batch, firstOnly: false), workspace, team);
        var rows = batch.Tokens;
        if (firstOnly)
        {
            rows = batch.Count;
            workspace.FirstRows.CopyRows(input, batch.Starts);
            if (attending != input)
            {
                workspace.FirstNormalized.CopyRows(attending, batch.Starts);
            }

            (attending, input) = (attending == input ? workspace.FirstRows : workspace.FirstNormalized, workspace.FirstRows);
        }

        _query.Apply(attending, workspace.Queries, rows, attention.Preparation(batch, firstOnly), workspace, team);
        workspace.Context.Factors = _attentionOutput.Factors;
        attention.Apply(batch, firstOnly, workspace, team);
        (workspace.Hidden.Factors, workspace.Gated.Factors) = (next, _output.Factors);
        if (_normsBefore)
        {
            NormalizeBefore(input, rows, workspace, team);
        }
        else
        {
            NormalizeAfter(input, rows, workspace, team);
        }
    }

    public void Dispose()
    {
        foreach (var linear in new[] { _query, _keyAndValue, _attentionOutput, _intermediate, _output })
        {
            linear.Dispose();
        }
    }

    private static Activations Normalize(Activations input, LayerNorm norm, int rows, Activations normalized, Team team)
    {
        normalized.Reserve(rows);
        team.Share(rows, (from, to) =>
        {
            for (var row = from; row < to; row++)
            {
                norm.Apply(input.Row(row), normalized, row);
            }
        });
        return normalized;
    }

    /// <summary>h = LayerNorm(h + attention), h = LayerNorm(h + feed-forward(h))</summary>
    private void NormalizeAfter(Activations input, int rows, Workspace workspace, Team team)
    {
        var attended = workspace.Attended;
        attended.Factors = _intermediate.Factors;
        _attentionOutput.Apply(workspace.Context, attended, rows, (values, row) => _attentionNorm!.Apply(values, input.Row(row)), workspace, team);
        var inner = ApplyInner(attended, rows, workspace, team);
        _output.Apply(inner, workspace.Hidden, rows, (values, row) => _outputNorm.Apply(values, attended.Row(row)), workspace, team);
    }

    /// <summary>h = h + attention, h = h + feed-forward(LayerNorm(h))</summary>
    private void NormalizeBefore(Activations input, int rows, Workspace workspace, Team team)
    {
        var (attended, normalized) = (workspace.Attended, workspace.Normalized);
        normalized.Reserve(rows);
        normalized.Factors = _intermediate.Factors;
        _attentionOutput.Apply(
            workspace.Context,
            attended,
            rows,
            (values, row) =>
            {
                TensorPrimitives.Add(values, input.Row(row), values);
                _outputNorm.Apply(values, normalized, row);
            },
            workspace,
            team);
        var inner = ApplyInner(normalized, rows, workspace, team);
        _output.Apply(inner, workspace.Hidden, rows, (values, row) => TensorPrimitives.Add(values, attended.Row(row), values), workspace, team);
    }

    /// <summary>The wide vectors inside the feed-forward part, activated and gated.</summary>
    private Activations ApplyInner(Activations input, int rows, Workspace workspace, Team team)
    {
        var (inner, gated, width) = (workspace.Inner, workspace.Gated, _output.Inputs);
        gated.Reserve(rows);
        RowOperation activate = _isGated
            ? (values, row) =>
            {
                var activated = values[..width];
                _activation(activated);
                TensorPrimitives.Multiply(activated, values[width..], activated);
                if (gated != inner)
                {
                    gated.Complete(row, activated);
                }
            }
            : (values, _) => _activation(values);
        _intermediate.Apply(input, inner, rows, activate, workspace, team);
        return gated;
    }
}
