using MiCse.Inference;

namespace MiCse.EncodingSpeed.Contestants;

/// <summary>This project.</summary>
internal sealed class OwnEncoder(string model, int threads, EncoderPrecision precision) : IContestant, IProgress<EncodeProgress>
{
    private readonly SentenceEncoder _encoder = SentenceEncoder.Load(model, new SentenceEncoderOptions { Threads = threads, Precision = precision });
    private EncodeProgress _done;

    public double? PaddingShare => _done.PaddingShare;

    public IReadOnlyList<float[]> Encode(IReadOnlyList<string> texts)
    {
        var embeddings = _encoder.Encode(texts, this).Embeddings;
        return [.. Enumerable.Range(0, texts.Count).Select(row => embeddings[row].ToArray())];
    }

    public float[] Encode(string text) => _encoder.Encode(text);

    public void Report(EncodeProgress value) => _done = value;

    public void Dispose() => _encoder.Dispose();
}
