using System.Text.Json;
using MiCse.Server.Responses;

namespace MiCse.Serving.Load;

/// <summary>The texts of requests, and the vectors that the answers must have: what the encoder gives without a server.</summary>
internal sealed class Texts
{
    private readonly byte[][] _bodies;

    public Texts(IReadOnlyList<string> texts, SentenceEncoder encoder)
    {
        All = texts;
        Expected = UnitVectors.Of(encoder.Encode(texts).Embeddings, encoder.Dimensions, normalize: true);
        _bodies = [.. texts.Select(text => JsonSerializer.SerializeToUtf8Bytes(new { inputs = text }))];
    }

    public IReadOnlyList<string> All { get; }

    public Vectors.EmbeddingMatrix Expected { get; }

    /// <summary>The request of one text.</summary>
    public byte[] Body(int text) => _bodies[text];

    /// <summary>The request of many.</summary>
    public byte[] Body(Range texts)
    {
        var (from, count) = texts.GetOffsetAndLength(All.Count);
        return JsonSerializer.SerializeToUtf8Bytes(new { inputs = All.Skip(from).Take(count) });
    }

    /// <summary>Whether an answer has the vectors of texts, to the last bit, or as near as another program comes.</summary>
    public bool IsRight(byte[] answer, int from, int count, bool exact)
    {
        var vectors = JsonSerializer.Deserialize<float[][]>(answer)!;
        return vectors.Length == count && Enumerable.Range(0, count).All(index => exact
            ? Expected[from + index].SequenceEqual(vectors[index])
            : Vectors.Similarity.Cosine(Expected[from + index], vectors[index]) > 0.9999);
    }
}
