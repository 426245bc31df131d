using System.Buffers.Binary;
using System.Text.Json;
using MiCse.Files;
using MiCse.Tensors;

namespace MiCse.Checkpoints;

/// <summary>
/// Writes the safetensors format, one tensor after the other. The same tensors give the same bytes in whatever order they come: larger element types first
/// (so that each is aligned), then by name, as the reference implementation orders them.
/// </summary>
internal static class SafetensorsWriter
{
    private const int Alignment = 8;

    private static readonly Dictionary<string, string> PyTorchLayout = new() { ["format"] = "pt" };

    /// <summary>Writes a file beside its place and renames it when it is complete.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="tensors">What to write; names must differ.</param>
    /// <param name="metadata">Text for the header; null writes <c>format: pt</c>, which transformers expects.</param>
    /// <param name="cancellationToken">Looked at before every tensor.</param>
    /// <exception cref="IOException">The file cannot be written, for example because the disk is full; nothing is left.</exception>
    /// <exception cref="ArgumentException">Two tensors have one name, or a shape is negative or too large.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is left.</exception>
    public static void Write(
        string path,
        IEnumerable<Tensor> tensors,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default)
    {
        var ordered = Order(tensors);
        AtomicFile.Write(path, stream => Write(stream, ordered, metadata ?? PyTorchLayout, cancellationToken));
    }

    private static List<Tensor> Order(IEnumerable<Tensor> tensors)
    {
        var ordered = tensors.OrderByDescending(tensor => tensor.Type.ElementSize()).ThenBy(tensor => tensor.Name, StringComparer.Ordinal).ToList();
        var names = new HashSet<string> { SafetensorsHeader.MetadataKey };
        return ordered.Find(tensor => !names.Add(tensor.Name)) is { } second
            ? throw new ArgumentException($"two tensors are called '{second.Name}', or it is reserved", nameof(tensors))
            : ordered;
    }

    private static void Write(
        Stream stream, List<Tensor> tensors, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken)
    {
        var header = Header(tensors, metadata);
        Span<byte> length = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var tensor in tensors)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var end = stream.Position + ByteCount(tensor);
            tensor.WriteTo(stream);
            if (stream.Position != end)
            {
                throw new InvalidOperationException($"'{tensor.Name}' wrote {stream.Position - end:+0;-0} bytes more than its shape says");
            }
        }
    }

    private static byte[] Header(List<Tensor> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WriteStartObject(SafetensorsHeader.MetadataKey);
                foreach (var (key, value) in metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal))
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            var offset = 0L;
            foreach (var tensor in tensors)
            {
                WriteEntry(json, tensor, offset, offset += ByteCount(tensor));
            }

            json.WriteEndObject();
        }

        while (buffer.Length % Alignment != 0)
        {
            buffer.WriteByte((byte)' ');
        }

        return buffer.Length <= SafetensorsReader.MaximumHeaderLength
            ? buffer.ToArray()
            : throw new ArgumentException($"the header has {buffer.Length} bytes; safetensors allows {SafetensorsReader.MaximumHeaderLength}", nameof(tensors));
    }

    private static void WriteEntry(Utf8JsonWriter json, Tensor tensor, long begin, long end)
    {
        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", tensor.Type.SafetensorsName());
        json.WriteStartArray("shape");
        foreach (var size in tensor.Shape)
        {
            json.WriteNumberValue(size);
        }

        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(begin);
        json.WriteNumberValue(end);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static long ByteCount(Tensor tensor) =>
        tensor.Shape.All(size => size >= 0) && TensorShape.ByteCount(tensor.Shape, tensor.Type) is { } count
            ? count
            : throw new ArgumentException($"'{tensor.Name}' cannot have the shape {TensorShape.Describe(tensor.Shape)}", nameof(tensor));
}
