using MiCse.Vectors;
using Microsoft.ML.OnnxRuntime;

namespace MiCse.Inference;

/// <summary>Token ids → the last hidden state of every token, one sequence at a time. Thread-safe.</summary>
internal sealed class TokenStateEncoder : IDisposable
{
    private static readonly string[] s_inputs = [BertOnnxGraph.Ids, BertOnnxGraph.Mask, BertOnnxGraph.TokenTypes];

    private readonly GraphSessions _sessions;
    private readonly string[] _outputs;
    private readonly int _hidden;

    /// <summary>Creates the session. The file behind <paramref name="weights"/> may be closed then.</summary>
    public TokenStateEncoder(GraphWeights weights, EncoderPrecision precision)
    {
        _hidden = weights.Config.HiddenSize;
        _outputs = [BertOnnxGraph.HiddenState(weights.Config.Layers)];
        // The pooling is not asked for.
        var graph = BertOnnxGraph.Build(weights, Pooling.ClsBeforePooler, withHiddenStates: true, precision: precision);
        _sessions = new GraphSessions(graph, threads: 1);
    }

    /// <summary>The states of one sequence. [tokens, hidden]</summary>
    /// <param name="ids">Ids that the model has, no longer than it takes.</param>
    public EmbeddingMatrix Encode(int[] ids)
    {
        long[] shape = [1, ids.Length];
        var mask = new int[ids.Length];
        mask.AsSpan().Fill(1);
        var states = new float[ids.Length * _hidden];
        using var idValue = OrtValue.CreateTensorValueFromMemory(ids, shape);
        using var maskValue = OrtValue.CreateTensorValueFromMemory(mask, shape);
        using var typeValue = OrtValue.CreateTensorValueFromMemory(new int[ids.Length], shape);
        using var output = OrtValue.CreateTensorValueFromMemory(states, [1, ids.Length, _hidden]);
        using var options = new RunOptions();
        _sessions.OneCore.Run(options, s_inputs, [idValue, maskValue, typeValue], _outputs, [output]);
        return new EmbeddingMatrix(states, ids.Length, _hidden);
    }

    /// <summary>Releases the session and the weights. No call may be running.</summary>
    public void Dispose() => _sessions.Dispose();
}
