using System.Text.Json;
using MiCse.Server.Responses;

namespace MiCse.Serving.Load;

/// <summary>The texts of requests, and the vectors that the answers must have: what the encoder gives without a server.</summary>
internal sealed class Texts
{
    private const double NearCosine = 0.9999;

    private readonly byte[]?[] _known; // an answer that was right, of each text

    public Texts(IReadOnlyList<string> texts, SentenceEncoder encoder)
    {
        All = texts;
        Expected = UnitVectors.Of(encoder.Encode(texts).Embeddings, encoder.Dimensions, normalize: true);
        _known = new byte[texts.Count][];
    }

    public IReadOnlyList<string> All { get; }

    public Vectors.EmbeddingMatrix Expected { get; }

    /// <summary>The body of a request of one text.</summary>
    public byte[] Body(int text) => JsonSerializer.SerializeToUtf8Bytes(new { inputs = All[text] });

    /// <summary>Whether an answer has the vector of a text: to the last bit, or as near as another program comes.</summary>
    public bool IsRight(ReadOnlySpan<byte> answer, int text, bool isExact)
    {
        // The same bytes need not be parsed again.
        if (_known[text] is { } known && answer.SequenceEqual(known))
        {
            return true;
        }

        if (JsonSerializer.Deserialize<float[][]>(answer) is not [var vector] || !(isExact ? Expected[text].SequenceEqual(vector) : IsNear(vector, text)))
        {
            return false;
        }

        _known[text] = answer.ToArray();
        return true;
    }

    /// <summary>Whether an answer has the vectors of texts, as near as another program comes.</summary>
    public bool AreNear(ReadOnlySpan<byte> answer, int from) => JsonSerializer.Deserialize<float[][]>(answer)!.Index().All(row => IsNear(row.Item, from + row.Index));

    private bool IsNear(float[] vector, int text) => Vectors.Similarity.Cosine(Expected[text], vector) > NearCosine;
}
