using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text.Json;
using MiCse.Files;
using MiCse.Search;
using MiCse.Vectors;

namespace MiCse.Mapping;

/// <summary>
/// A fitted map in a file: a line of text, the length of a JSON object as int32 and the object itself, which holds options and shapes; then the
/// embeddings and the points as float32, row after row, and a hash of all that comes before. Numbers are little-endian.
/// </summary>
internal static class UmapFile
{
    private const int Version = 1;
    private const int LongestHeader = 1 << 16;

    private static ReadOnlySpan<byte> Signature => "micse map\n"u8;

    /// <summary>Writes a map; the file is complete or is not there.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string path, VectorSource source, UmapOptions options, EmbeddingMatrix vectors, ReadOnlySpan<float> points)
    {
        var places = points.ToArray();
        AtomicFile.Write(path, file =>
        {
            var hash = new XxHash3();
            var header = Header(source, options, vectors);
            Put(Signature);
            var length = new byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(length, header.Length);
            Put(length);
            Put(header);
            for (var row = 0; row < vectors.Count; row++)
            {
                Put(MemoryMarshal.AsBytes(vectors[row]));
            }

            Put(MemoryMarshal.AsBytes<float>(places));
            var checksum = new byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(checksum, hash.GetCurrentHashAsUInt64());
            file.Write(checksum);

            void Put(ReadOnlySpan<byte> bytes)
            {
                hash.Append(bytes);
                file.Write(bytes);
            }
        });
    }

    /// <summary>Reads a map.</summary>
    /// <exception cref="DataFormatException">The file is no map, or damaged, or from a later version.</exception>
    public static (VectorSource Source, UmapOptions Options, EmbeddingMatrix Vectors, float[] Points) Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        try
        {
            var hash = new XxHash3();
            if (!Take(Math.Min(file.Length, Signature.Length)).AsSpan().SequenceEqual(Signature))
            {
                throw new DataFormatException(path, null, "is not a map; `micse map` writes one with --save-map.");
            }

            var length = BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));
            if (length is < 0 or > LongestHeader)
            {
                throw new FormatException();
            }

            using var header = JsonDocument.Parse(Take(length));
            var version = header.RootElement.GetProperty("version").GetInt32();
            if (version != Version)
            {
                throw new DataFormatException(path, null, $"is of version {version}, known is {Version}; use the program that wrote it, or make the map again.");
            }

            var (source, options) = (ReadSource(header.RootElement), ReadOptions(header.RootElement));
            options.Validate();
            var rows = header.RootElement.GetProperty("rows").GetInt32();
            var (vectorBytes, pointBytes) = (4L * rows * source.Dimensions, 4L * rows * options.Components);
            if (rows < 0 || source.Dimensions < 1 || file.Length - file.Position != (Int128)vectorBytes + pointBytes + sizeof(ulong))
            {
                throw new FormatException();
            }

            var vectors = new EmbeddingMatrix(rows, source.Dimensions);
            for (var row = 0; row < rows; row++)
            {
                Fill(MemoryMarshal.AsBytes(vectors[row]));
            }

            var points = new float[rows * options.Components];
            Fill(MemoryMarshal.AsBytes(points.AsSpan()));
            var expected = hash.GetCurrentHashAsUInt64();
            var checksum = new byte[sizeof(ulong)];
            file.ReadExactly(checksum);
            return BinaryPrimitives.ReadUInt64LittleEndian(checksum) == expected
                ? (source, options, vectors, points)
                : throw new FormatException();

            byte[] Take(long count)
            {
                var bytes = new byte[count];
                Fill(bytes);
                return bytes;
            }

            void Fill(Span<byte> bytes)
            {
                file.ReadExactly(bytes);
                hash.Append(bytes);
            }
        }
        catch (Exception failure) when (failure is FormatException or JsonException or KeyNotFoundException or InvalidOperationException or EndOfStreamException
            or ArgumentException or OverflowException)
        {
            throw new DataFormatException(path, null, "is damaged: it is not what the map wrote; make the map again, or restore it from a copy.", failure);
        }
    }

    private static byte[] Header(VectorSource source, UmapOptions options, EmbeddingMatrix vectors)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteNumber("rows", vectors.Count);
            json.WriteString("model", source.Model);
            json.WriteString("pooling", source.Pooling);
            json.WriteNumber("dimensions", vectors.Dimensions);
            json.WriteString("fingerprint", source.Fingerprint);
            json.WriteNumber("neighbors", options.Neighbors);
            json.WriteNumber("minDistance", options.MinDistance);
            json.WriteNumber("spread", options.Spread);
            if (options.Epochs is { } epochs)
            {
                json.WriteNumber("epochs", epochs);
            }

            json.WriteNumber("negativeSamples", options.NegativeSamples);
            json.WriteNumber("learningRate", options.LearningRate);
            json.WriteNumber("components", options.Components);
            json.WriteString("metric", options.Metric.ToString());
            json.WriteNumber("seed", options.Seed);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static VectorSource ReadSource(JsonElement header) => new(
        header.GetProperty("model").GetString() ?? "",
        header.GetProperty("pooling").GetString() ?? "",
        header.GetProperty("dimensions").GetInt32(),
        header.GetProperty("fingerprint").GetString());

    private static UmapOptions ReadOptions(JsonElement header) => new()
    {
        Neighbors = header.GetProperty("neighbors").GetInt32(),
        MinDistance = header.GetProperty("minDistance").GetDouble(),
        Spread = header.GetProperty("spread").GetDouble(),
        Epochs = header.TryGetProperty("epochs", out var epochs) ? epochs.GetInt32() : null,
        NegativeSamples = header.GetProperty("negativeSamples").GetInt32(),
        LearningRate = header.GetProperty("learningRate").GetDouble(),
        Components = header.GetProperty("components").GetInt32(),
        Metric = Enum.Parse<DistanceMetric>(header.GetProperty("metric").GetString() ?? ""),
        Seed = header.GetProperty("seed").GetInt64(),
    };
}
