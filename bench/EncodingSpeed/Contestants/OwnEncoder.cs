using MiCse.Inference;
using MiCse.Models;

namespace MiCse.EncodingSpeed.Contestants;

/// <summary>This project.</summary>
internal sealed class OwnEncoder(string model, int threads, EncoderPrecision precision) : IContestant, IProgress<EncodeProgress>
{
    private readonly SentenceEncoder _encoder = SentenceEncoder.Load(model, new SentenceEncoderOptions { Threads = threads, Precision = precision });
    private EncodeProgress _done;
    private IReadOnlyList<string> _texts = [];

    /// <summary>What was computed besides the tokens of different texts.</summary>
    public double? PaddingShare =>
        1 - ((double)_texts.Distinct().Sum(text => _encoder.Tokenizer.Tokenize(text, _encoder.MaxTokens).Ids.Length) / _done.TokensComputed);

    public IReadOnlyList<float[]> Encode(IReadOnlyList<string> texts)
    {
        _texts = texts;
        var embeddings = _encoder.Encode(texts, this).Embeddings;
        return [.. Enumerable.Range(0, texts.Count).Select(row => embeddings[row].ToArray())];
    }

    public float[] Encode(string text) => _encoder.Encode(text);

    public void Report(EncodeProgress value) => _done = value;

    public void Dispose() => _encoder.Dispose();
}
