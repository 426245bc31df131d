using MiCse.Export;
using MiCse.ModelFolders;
using MiCse.Tokenization;
using Microsoft.ML.OnnxRuntime;

namespace MiCse.EncodingSpeed.Contestants;

/// <summary>
/// ONNX Runtime as one usually calls it, on the float32 file that <c>micse export --to onnx</c> writes: a session with all threads inside its operators, one
/// call after the other.
/// </summary>
internal sealed class OnnxBatches : IContestant
{
    private static readonly string[] Inputs = [EncoderGraph.Ids, EncoderGraph.Mask, EncoderGraph.TokenTypes];

    private readonly LoadedModel _model;
    private readonly SessionOptions _options;
    private readonly InferenceSession _session;
    private readonly int _textsPerCall;

    /// <param name="exported">The folder of the export.</param>
    /// <param name="threads">Threads inside an operator.</param>
    /// <param name="textsPerCall">Texts in a batch.</param>
    public OnnxBatches(string exported, int threads, int textsPerCall)
    {
        _model = new LoadedModel(exported);
        _textsPerCall = textsPerCall;
        _options = new SessionOptions { IntraOpNumThreads = threads };
        _session = new InferenceSession(Path.Combine(exported, WeightsFile.Onnx), _options);
    }

    public IReadOnlyList<float[]> Encode(IReadOnlyList<string> texts) => _model.InSortedBatches(texts, _textsPerCall, Run);

    public float[] Encode(string text) => Run(new TokenBatch([_model.Tokenize(text)], _model.Folder.Config.PadTokenId));

    public void Dispose()
    {
        _session.Dispose();
        _options.Dispose();
        _model.Dispose();
    }

    private float[] Run(TokenBatch batch)
    {
        using var ids = Input(batch.Ids);
        using var mask = Input(batch.Mask);
        using var types = Input(new int[batch.Ids.Length]);
        using var options = new RunOptions();
        using var outputs = _session.Run(options, Inputs, [ids, mask, types], [EncoderGraph.Embeddings]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();

        OrtValue Input(int[] values) => OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(values, value => (long)value), [batch.Count, batch.Length]);
    }
}
