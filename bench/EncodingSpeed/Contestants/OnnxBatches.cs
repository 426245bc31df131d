using MiCse.Inference;
using MiCse.Tokenization;
using Microsoft.ML.OnnxRuntime;

namespace MiCse.EncodingSpeed.Contestants;

/// <summary>ONNX Runtime as one usually calls it, on this project's graph: a session with all threads inside its operators, one call after the other.</summary>
internal sealed class OnnxBatches : IContestant
{
    private static readonly string[] Inputs = [BertOnnxGraph.Ids, BertOnnxGraph.Mask, BertOnnxGraph.TokenTypes];

    private readonly LoadedModel _model;
    private readonly GraphSessions _sessions;
    private readonly int _textsPerCall;

    /// <param name="model">The model's folder.</param>
    /// <param name="threads">Threads inside an operator.</param>
    /// <param name="textsPerCall">Texts in a batch.</param>
    public OnnxBatches(string model, int threads, int textsPerCall)
    {
        _model = new LoadedModel(model);
        _textsPerCall = textsPerCall;
        var pooling = _model.Folder.Pooling;
        _sessions = new GraphSessions(BertOnnxGraph.Build(new CheckpointGraphWeights(_model.Weights), pooling.Pooling, pooling.Normalize), threads);
    }

    public IReadOnlyList<float[]> Encode(IReadOnlyList<string> texts) => _model.InSortedBatches(texts, _textsPerCall, Run);

    public float[] Encode(string text) => Run(new TokenBatch([_model.Tokenize(text)], _model.Folder.Config.PadTokenId));

    public void Dispose()
    {
        _sessions.Dispose();
        _model.Dispose();
    }

    private float[] Run(TokenBatch batch)
    {
        long[] shape = [batch.Count, batch.Length];
        using var ids = OrtValue.CreateTensorValueFromMemory(batch.Ids, shape);
        using var mask = OrtValue.CreateTensorValueFromMemory(batch.Mask, shape);
        using var types = OrtValue.CreateTensorValueFromMemory(new int[batch.Ids.Length], shape);
        using var options = new RunOptions();
        using var outputs = _sessions.AllCores.Run(options, Inputs, [ids, mask, types], [BertOnnxGraph.Embeddings]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
