using MiCse.Models;
using MiCse.Numerics;
using MiCse.Weights;

namespace MiCse.Inference.Layers;

/// <summary>One layer: self-attention, then the feed-forward part, each added to its input and normalised. Thread-safe.</summary>
internal sealed class TransformerLayer : IDisposable
{
    private readonly Linear _query;
    private readonly Linear _keyAndValue;
    private readonly SelfAttention _attention;
    private readonly Linear _attentionOutput;
    private readonly LayerNorm _attentionNorm;
    private readonly Linear _intermediate;
    private readonly Linear _output;
    private readonly LayerNorm _outputNorm;

    /// <param name="weights">A complete encoder.</param>
    /// <param name="index">Which layer, 0-based.</param>
    /// <param name="linears">Makes linear layers.</param>
    public TransformerLayer(GraphWeights weights, int index, LinearFactory linears)
    {
        var names = WeightNames.Layer(index);
        _query = linears.Create(names.Query);
        _keyAndValue = linears.Create(names.Key, names.Value);
        _attention = new SelfAttention(weights.Config.HiddenSize, weights.Config.Heads);
        _attentionOutput = linears.Create(names.AttentionOutput);
        _attentionNorm = LayerNorm.From(weights, names.AttentionNorm);
        _intermediate = linears.Create(names.Intermediate);
        _output = linears.Create(names.Output);
        _outputNorm = LayerNorm.From(weights, names.OutputNorm);
    }

    /// <summary>Replaces the hidden states of a batch by those after this layer.</summary>
    /// <param name="batch">The texts.</param>
    /// <param name="firstOnly">Whether only the hidden states of first tokens are wanted: [texts, hidden] is the result then. The others serve as keys and values.</param>
    /// <param name="workspace">The hidden states [tokens, hidden].</param>
    /// <param name="team">The worker threads.</param>
    public void Apply(TransformerInput batch, bool firstOnly, Workspace workspace, Team team)
    {
        var input = workspace.Hidden;
        _keyAndValue.Apply(input, workspace.KeysAndValues, batch.Tokens, null, workspace, team);
        var rows = batch.Tokens;
        if (firstOnly)
        {
            rows = batch.Count;
            workspace.FirstRows.CopyRows(input, batch.Starts);
            input = workspace.FirstRows;
        }

        _query.Apply(input, workspace.Queries, rows, null, workspace, team);
        _attention.Apply(batch, firstOnly, workspace, team);
        var (attended, inner) = (workspace.Attended, workspace.Inner);
        _attentionOutput.Apply(workspace.Context, attended, rows, (values, row) => _attentionNorm.Apply(values, input.Row(row)), workspace, team);
        _intermediate.Apply(attended, inner, rows, static (values, _) => Gelu.Apply(values), workspace, team);
        _output.Apply(inner, workspace.Hidden, rows, (values, row) => _outputNorm.Apply(values, attended.Row(row)), workspace, team);
    }

    public void Dispose()
    {
        foreach (var linear in new[] { _query, _keyAndValue, _attentionOutput, _intermediate, _output })
        {
            linear.Dispose();
        }
    }
}
