using MiCse.Files;
using MiCse.Inference;
using MiCse.Vectors;

namespace MiCse.Data;

/// <summary>
/// Writes texts with their embeddings batch after batch, in memory that does not grow with their number. A file appears with
/// <see cref="Complete"/>; disposed without it, nothing is left. The ending chooses the format:
/// <list type="table">
/// <item><term>.jsonl</term><description>a line <c>{"text", "embedding", "tokens", "truncated"}</c> per text; floats in the shortest form that
/// reads back the same</description></item>
/// <item><term>.npy</term><description>the embeddings alone, float32 [texts, dimensions], C order, format 1.0</description></item>
/// <item><term>.safetensors</term><description>the embeddings alone, one F32 tensor <c>embeddings</c> [texts, dimensions]</description></item>
/// <item><term>.parquet</term><description>columns text, embedding (list of float), tokens, truncated</description></item>
/// </list>
/// Not thread-safe.
/// </summary>
public sealed class EmbeddingWriter : IDisposable
{
    private readonly AtomicFile? _file;
    private readonly IEmbeddingFormat _format;
    private readonly string _name;
    private readonly int? _dimensions;

    private EmbeddingWriter(AtomicFile? file, IEmbeddingFormat format, string name, int? dimensions)
    {
        _file = file;
        _format = format;
        _name = name;
        _dimensions = dimensions;
    }

    /// <summary>Texts written so far.</summary>
    public long Count { get; private set; }

    /// <summary>Starts a file.</summary>
    /// <param name="path">The file; one of the endings above.</param>
    /// <param name="dimensions">Length of an embedding.</param>
    /// <param name="type">The numbers that are written; quantized ones to .npy, .safetensors and .jsonl.</param>
    /// <param name="ranges">
    /// The ranges of the dimensions, for <see cref="EmbeddingType.Int8"/> and <see cref="EmbeddingType.UInt8"/>; null takes those of the embeddings that are written, which .npy and .safetensors can wait for.
    /// </param>
    /// <exception cref="DataFormatException">Another ending, or one that does not go with the type.</exception>
    /// <exception cref="IOException">The file cannot be written there; one sentence with the path.</exception>
    public static EmbeddingWriter Create(string path, int dimensions, EmbeddingType type = EmbeddingType.Float32, QuantizationRanges? ranges = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimensions);
        Func<Stream, IEmbeddingFormat> start = Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".jsonl" => JsonLines(type, ranges, path),
            ".npy" => stream => Block(stream, dimensions, type, ranges, NpyEmbeddings.Create),
            ".safetensors" => stream => Block(stream, dimensions, type, ranges, SafetensorsEmbeddings.Create),
            ".parquet" => type == EmbeddingType.Float32
                ? stream => new ParquetEmbeddings(stream, dimensions)
                : throw new DataFormatException(path, null, "quantized embeddings cannot be written to .parquet; expected .npy, .safetensors or .jsonl."),
            var other => throw new DataFormatException(path, null,
                $"embeddings cannot be written to a file ending in '{other}'; expected .jsonl, .npy, .safetensors or .parquet."),
        };

        var file = AtomicFile.Create(path);
        try
        {
            return new EmbeddingWriter(file, start(file.Stream), path, dimensions);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>JSON lines to a stream, for example standard output; it is flushed after every batch and left open.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="type">The numbers that are written.</param>
    /// <param name="ranges">The ranges of the dimensions, which <see cref="EmbeddingType.Int8"/> and <see cref="EmbeddingType.UInt8"/> need here.</param>
    /// <exception cref="DataFormatException">The ranges are missing.</exception>
    public static EmbeddingWriter JsonLines(Stream stream, EmbeddingType type = EmbeddingType.Float32, QuantizationRanges? ranges = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return new EmbeddingWriter(file: null, JsonLines(type, ranges, "the output")(stream), "the output", dimensions: null);
    }

    /// <summary>Appends one batch.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="encoded">Their embeddings, in the same order.</param>
    /// <exception cref="ArgumentException">Their numbers or the dimensions do not match.</exception>
    /// <exception cref="IOException">The disk is full or cannot be written; one sentence with the path.</exception>
    public void Write(IReadOnlyList<string> texts, EncodedTexts encoded)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(encoded);
        if (texts.Count != encoded.Embeddings.Count)
        {
            throw new ArgumentException($"{texts.Count} texts do not go with {encoded.Embeddings.Count} embeddings.", nameof(encoded));
        }

        if (_dimensions is { } dimensions && dimensions != encoded.Embeddings.Dimensions)
        {
            throw new ArgumentException($"Embeddings of {encoded.Embeddings.Dimensions} dimensions do not go with {dimensions}.", nameof(encoded));
        }

        Explained(() => _format.Write(texts, encoded));
        Count += texts.Count;
    }

    /// <summary>Appends one text of a stream.</summary>
    /// <exception cref="ArgumentException">The dimensions do not match.</exception>
    /// <exception cref="IOException">The disk is full or cannot be written; one sentence with the path.</exception>
    public void Write(EncodedText text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Write(
            [text.Text],
            new EncodedTexts(new EmbeddingMatrix(text.Embedding, 1, text.Embedding.Length), [text.TokenCount], [text.Truncated]));
    }

    /// <summary>Finishes the file and puts it in its place.</summary>
    /// <exception cref="IOException">The disk is full or cannot be written; nothing is left.</exception>
    public void Complete()
    {
        Explained(() => _format.Finish(Count));
        _file?.Commit();
    }

    /// <summary>Deletes the file unless it was completed.</summary>
    public void Dispose()
    {
        _format.Dispose();
        _file?.Dispose();
    }

    private static Func<Stream, IEmbeddingFormat> JsonLines(EmbeddingType type, QuantizationRanges? ranges, string name) =>
        ranges is null && EmbeddingQuantization.NeedsRanges(type)
            ? throw new DataFormatException(name, null, $"JSON lines of {type} need the ranges of a calibration set, because a line is written before all embeddings are known; write .npy or .safetensors, or give a calibration set.")
            : stream => new JsonLinesEmbeddings(stream, type, ranges);

    private static IEmbeddingFormat Block(
        Stream stream, int dimensions, EmbeddingType type, QuantizationRanges? ranges, Func<Stream, int, EmbeddingType, IEmbeddingFormat> create) =>
        type == EmbeddingType.Float32
            ? create(stream, dimensions, type)
            : new QuantizedRows(stream, create(stream, EmbeddingQuantization.ByteCount(type, dimensions), type), dimensions, type, ranges);

    private void Explained(Action write)
    {
        try
        {
            write();
        }
        catch (IOException failure)
        {
            throw WriteFailure.Explain(_name, failure);
        }
    }
}

/// <summary>How one file format takes embeddings; <see cref="EmbeddingWriter"/> checks what it gets and owns the file.</summary>
internal interface IEmbeddingFormat : IDisposable
{
    /// <summary>Appends one batch.</summary>
    void Write(IReadOnlyList<string> texts, EncodedTexts encoded);

    /// <summary>Writes what can only be written when the number of texts is known.</summary>
    void Finish(long count);
}
