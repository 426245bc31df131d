using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using MiCse.Files;
using MiCse.Search.Files;

namespace MiCse.Search;

/// <summary>
/// The one file that says what an index is: whatever it does not name does not exist. It is replaced as a whole, so that a change is there
/// altogether or not at all.
/// </summary>
/// <param name="Version">Of the format.</param>
/// <param name="Source">Where the vectors come from.</param>
/// <param name="Precision">What searches read.</param>
/// <param name="Generation">How often the index was changed; a segment has the number of the change that wrote it.</param>
/// <param name="NextId">The number that the next row without an id gets.</param>
/// <param name="Segments">The segments, oldest first.</param>
internal sealed record IndexManifest(
    int Version, VectorSource Source, IndexPrecision Precision, int Generation, long NextId, IReadOnlyList<SegmentEntry> Segments)
{
    public const string FileName = "index.json";
    public const int CurrentVersion = 1;

    // {"checksum":"0123456789abcdef"
    private const int StampBytes = 30;

    private static readonly IndexJson s_json = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter<IndexPrecision>(JsonNamingPolicy.CamelCase) },
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    });

    /// <exception cref="DataFormatException">The folder is no index, or the file is damaged or from a later version.</exception>
    public static IndexManifest Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!Directory.Exists(folder))
        {
            throw new DataFormatException(
                folder, null, File.Exists(folder) ? "is a file; an index is a folder that `micse index` makes." : "there is no such index.");
        }

        if (!File.Exists(path))
        {
            throw new DataFormatException(folder, null, $"has no {FileName}, so it is not an index; `micse index` makes one.");
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var index = document.RootElement.GetProperty("index");
            if (document.RootElement.GetProperty("checksum").GetString() != Checksum(index.GetRawText()))
            {
                throw new FormatException("its checksum does not fit");
            }

            var version = index.GetProperty("version").GetInt32();
            return version == CurrentVersion
                ? Checked(index.Deserialize(s_json.IndexManifest)!)
                : throw new DataFormatException(path, null, $"is of version {version}, known is {CurrentVersion}; use the program that wrote it, or build the index again.");
        }
        catch (Exception failure) when (failure is JsonException or FormatException or KeyNotFoundException or InvalidOperationException)
        {
            throw Damaged(path, failure);
        }
    }

    /// <summary>The beginning of the file with its checksum, which is another one after every change; null when there is no index.</summary>
    public static string? Stamp(string folder)
    {
        try
        {
            using var file = File.OpenHandle(Path.Combine(folder, FileName), share: FileShare.ReadWrite | FileShare.Delete);
            Span<byte> start = stackalloc byte[StampBytes];
            return Encoding.ASCII.GetString(start[..RandomAccess.Read(file, start, 0)]);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    // What the framework says about broken JSON may quote the whole of it.
    public static DataFormatException Damaged(string path, Exception failure) =>
        new(path, null, $"is damaged: {(failure is FormatException ? failure.Message.TrimEnd('.') : "it is not what the index wrote")}; build the index again, or restore it from a copy.", failure);

    /// <summary>Starts the segment of the next change.</summary>
    public SegmentWriter NewSegment(string folder) => new(folder, Generation + 1, Source.Dimensions, Precision == IndexPrecision.Int8);

    public void Write(string folder)
    {
        var index = JsonSerializer.Serialize(this, s_json.IndexManifest);
        AtomicFile.Write(
            Path.Combine(folder, FileName), file => file.Write(Encoding.UTF8.GetBytes($$"""{"checksum":"{{Checksum(index)}}","index":{{index}}}""" + "\n")));
    }

    private static IndexManifest Checked(IndexManifest manifest) => manifest.Source.Dimensions >= 1
        && manifest.Segments.All(segment => segment is { Rows: >= 0, Number: >= 0 } && segment.Sections.Values.All(section => section.Bytes >= 0))
        ? manifest
        : throw new FormatException("it counts something below 0");

    private static string Checksum(string text) => XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(text)).ToString("x16", CultureInfo.InvariantCulture);
}

/// <summary>Reads and writes it without reflection.</summary>
[JsonSerializable(typeof(IndexManifest))]
internal sealed partial class IndexJson : JsonSerializerContext;
