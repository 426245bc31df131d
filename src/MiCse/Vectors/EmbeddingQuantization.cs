namespace MiCse.Vectors;

/// <summary>Embeddings as bytes or bits, value for value what sentence-transformers' <c>quantize_embeddings</c> makes of them.</summary>
/// <remarks>https://github.com/UKPLab/sentence-transformers/blob/v5.2.0/sentence_transformers/util/quantization.py</remarks>
public static class EmbeddingQuantization
{
    private const int Levels = 255;
    private const byte SignBit = 0x80;

    /// <summary>Bytes of a quantized embedding: one a dimension, or one for eight of them.</summary>
    /// <param name="type">Any but <see cref="EmbeddingType.Float32"/>.</param>
    /// <param name="dimensions">Length of an embedding.</param>
    public static int ByteCount(EmbeddingType type, int dimensions) => type switch
    {
        EmbeddingType.Int8 or EmbeddingType.UInt8 => dimensions,
        EmbeddingType.Binary or EmbeddingType.UBinary => (dimensions + 7) / 8,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a quantized type."),
    };

    /// <summary>Whether a type needs ranges.</summary>
    public static bool NeedsRanges(EmbeddingType type) => type is EmbeddingType.Int8 or EmbeddingType.UInt8;

    /// <summary>Quantizes an embedding.</summary>
    /// <param name="embedding">The embedding.</param>
    /// <param name="type">Any but <see cref="EmbeddingType.Float32"/>.</param>
    /// <param name="ranges">The ranges of its dimensions, for the types that need them; null for the others. What lies outside becomes the nearest level.</param>
    /// <returns>The bytes; those of signed types in two's complement.</returns>
    /// <exception cref="ArgumentException">The ranges are missing, or those of embeddings of another length.</exception>
    public static byte[] Quantize(ReadOnlySpan<float> embedding, EmbeddingType type, QuantizationRanges? ranges = null)
    {
        var bytes = new byte[ByteCount(type, embedding.Length)];
        if (!NeedsRanges(type))
        {
            for (var index = 0; index < embedding.Length; index++)
            {
                bytes[index / 8] |= (byte)(embedding[index] > 0 ? SignBit >> (index % 8) : 0);
            }
        }
        else if (ranges is null || ranges.Minima.Length != embedding.Length)
        {
            throw new ArgumentException(
                ranges is null ? $"{type} needs the ranges of a calibration set." : $"Ranges of {ranges.Minima.Length} dimensions do not go with an embedding of {embedding.Length}.", nameof(ranges));
        }
        else
        {
            for (var index = 0; index < embedding.Length; index++)
            {
                var (least, most) = (ranges.Minima[index], ranges.Maxima[index]);
                var step = (most - least) / Levels;
                bytes[index] = (byte)Math.Clamp(MathF.Floor((embedding[index] - least) / (step == 0 ? 1 : step)), 0, Levels);
            }
        }

        if (type is EmbeddingType.Int8 or EmbeddingType.Binary)
        {
            // 128 less, as a signed byte, is the same bits but the highest.
            for (var index = 0; index < bytes.Length; index++)
            {
                bytes[index] ^= SignBit;
            }
        }

        return bytes;
    }
}
