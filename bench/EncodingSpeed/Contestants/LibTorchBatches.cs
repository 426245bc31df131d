using MiCse.Models;
using MiCse.Tokenization;
using MiCse.Training.Model;
using MiCse.Training.Native;
using static TorchSharp.torch;

namespace MiCse.EncodingSpeed.Contestants;

/// <summary>libtorch in eager mode, as sentence-transformers calls it: sorted batches of 32, all threads inside an operator.</summary>
internal sealed class LibTorchBatches : IContestant
{
    private readonly LoadedModel _model;
    private readonly EncoderModule _encoder;

    public LibTorchBatches(string model, int threads)
    {
        LibTorch.Load();
        set_num_threads(threads);
        _model = new LoadedModel(model);
        _encoder = new EncoderModule(_model.Folder.Config, hiddenDropout: 0, attentionDropout: 0);
        CheckpointLoading.Load(_encoder, _model.Weights);
        _encoder.eval();
    }

    public IReadOnlyList<float[]> Encode(IReadOnlyList<string> texts) => _model.InSortedBatches(texts, Texts.PerBatch, Run);

    public float[] Encode(string text) => Run(new TokenBatch([_model.Tokenize(text)], _model.Folder.Config.PadTokenId));

    public void Dispose()
    {
        _encoder.Dispose();
        _model.Dispose();
    }

    private float[] Run(TokenBatch batch)
    {
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var mask = tensor(batch.Mask, [batch.Count, batch.Length]);
        var hidden = _encoder.Forward(tensor(batch.Ids, [batch.Count, batch.Length], ScalarType.Int64), mask).LastHiddenState; // [texts, tokens, hidden]
        var pooling = _model.Folder.Pooling;
        var embeddings = pooling.Pooling switch // [texts, hidden]
        {
            Pooling.ClsBeforePooler => hidden.select(1, 0),
            Pooling.Mean => (hidden * mask.unsqueeze(-1)).sum(1) / mask.sum(1, keepdim: true),
            var other => throw new NotSupportedException($"{other} is not measured with libtorch."),
        };
        embeddings = pooling.Normalize ? embeddings / embeddings.norm(1, keepdim: true) : embeddings;
        return embeddings.contiguous().data<float>().ToArray();
    }
}
