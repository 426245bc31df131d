using MiCse.Checkpoints;
using MiCse.Inference;
using Microsoft.ML.OnnxRuntime;

namespace MiCse.Tests.Inference;

/// <summary>Runs the ONNX graph with any ids, masks and token types, and reads every output.</summary>
internal sealed class GraphRun : IDisposable
{
    private readonly GraphSessions _sessions;

    public GraphRun(EncoderWeights weights, Pooling pooling, bool normalize = false, bool withHiddenStates = false) =>
        _sessions = new GraphSessions(BertOnnxGraph.Build(new CheckpointGraphWeights(weights), pooling, normalize, withHiddenStates), threads: 1);

    public IReadOnlyList<string> Outputs => Session.OutputNames;

    private InferenceSession Session => _sessions.OneCore;

    public Dictionary<string, float[]> Run(int batch, int tokens, int[] ids, int[] mask, int[] types)
    {
        using var options = new RunOptions();
        long[] shape = [batch, tokens];
        using var idValue = OrtValue.CreateTensorValueFromMemory(ids, shape);
        using var maskValue = OrtValue.CreateTensorValueFromMemory(mask, shape);
        using var typeValue = OrtValue.CreateTensorValueFromMemory(types, shape);
        using var outputs = Session.Run(
            options, [BertOnnxGraph.Ids, BertOnnxGraph.Mask, BertOnnxGraph.TokenTypes], [idValue, maskValue, typeValue], Session.OutputNames);
        return Session.OutputNames.Zip(outputs).ToDictionary(pair => pair.First, pair => pair.Second.GetTensorDataAsSpan<float>().ToArray());
    }

    public void Dispose() => _sessions.Dispose();
}
