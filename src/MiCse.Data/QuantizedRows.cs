using System.Runtime.InteropServices;
using MiCse.Inference;
using MiCse.Vectors;

namespace MiCse.Data;

/// <summary>
/// Quantizes embeddings on their way into a file of blocks. Without ranges they are first kept in a temporary file, as they are, until the ranges of all of
/// them are known: memory does not grow with their number.
/// </summary>
internal sealed class QuantizedRows : IEmbeddingFormat
{
    private readonly IEmbeddingFormat _rows;
    private readonly Stream _stream;
    private readonly EmbeddingType _type;
    private readonly QuantizationRanges _ranges;
    private readonly FileStream? _pending;

    /// <param name="stream">Where the quantized rows go, after the header.</param>
    /// <param name="rows">Writes the header.</param>
    /// <param name="dimensions">Length of an embedding.</param>
    /// <param name="type">A quantized type.</param>
    /// <param name="ranges">The ranges; null takes those of the embeddings themselves, for types that need them.</param>
    public QuantizedRows(Stream stream, IEmbeddingFormat rows, int dimensions, EmbeddingType type, QuantizationRanges? ranges)
    {
        (_stream, _rows, _type, _ranges) = (stream, rows, type, ranges ?? new QuantizationRanges(dimensions));
        if (ranges is null && EmbeddingQuantization.NeedsRanges(type))
        {
            _pending = new FileStream(
                Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose | FileOptions.SequentialScan);
        }
    }

    public void Write(IReadOnlyList<string> texts, EncodedTexts encoded)
    {
        for (var row = 0; row < encoded.Embeddings.Count; row++)
        {
            ReadOnlySpan<float> embedding = encoded.Embeddings[row];
            if (_pending is not null)
            {
                _ranges.Include(embedding);
                _pending.Write(MemoryMarshal.AsBytes(embedding));
                continue;
            }

            _stream.Write(EmbeddingQuantization.Quantize(embedding, _type, _ranges));
        }
    }

    public void Finish(long count)
    {
        if (_pending is not null)
        {
            _pending.Position = 0;
            var embedding = new float[_ranges.Minima.Length];
            for (var row = 0L; row < count; row++)
            {
                _pending.ReadExactly(MemoryMarshal.AsBytes(embedding.AsSpan()));
                _stream.Write(EmbeddingQuantization.Quantize(embedding, _type, _ranges));
            }
        }

        _rows.Finish(count);
    }

    public void Dispose()
    {
        _pending?.Dispose();
        _rows.Dispose();
    }
}
