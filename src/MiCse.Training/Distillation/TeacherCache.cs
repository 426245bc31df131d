using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using MiCse.Files;
using MiCse.Inference;
using MiCse.Vectors;

namespace MiCse.Training.Distillation;

/// <summary>
/// The embeddings of all texts by a teacher in a .npy file, float32 [texts, dimensions], with a .json beside it that says of which teacher and texts. While it is computed it is
/// called .npy.part and grows block by block; interrupted, it goes on after the last whole block. A text's embedding depends on the text alone, so the file is the same.
/// </summary>
internal sealed class TeacherCache
{
    private const int HeaderLength = 128;
    private const int TextsPerBlock = 1024;

    private readonly string _path;
    private readonly Teachers _teachers;
    private readonly DistillationData _data;
    private readonly string _remedy;

    /// <param name="path">The file, ending in .npy.</param>
    /// <param name="teachers">What computes.</param>
    /// <param name="data">The texts.</param>
    /// <param name="folder">The folder of the distillation when the file is in it, and of nobody else's choosing; null when the file was named.</param>
    /// <exception cref="ArgumentException">Another ending.</exception>
    public TeacherCache(string path, Teachers teachers, DistillationData data, string? folder = null)
    {
        if (!path.EndsWith(".npy", StringComparison.OrdinalIgnoreCase))
        {
            throw new ArgumentException($"The teacher's embeddings are kept in a file that ends in .npy, not in {path}.");
        }

        (_path, _teachers, _data) = (path, teachers, data);
        _remedy = folder is null
            ? $"delete {Path.GetFileName(path)} and {Path.GetFileName(Description)}, or name another file"
            : $"an unfinished distillation left them; delete {folder}, or name another";
    }

    private string Description => Path.ChangeExtension(_path, ".json");

    private string Part => _path + ".part";

    private long RowBytes => (long)_teachers.Dimensions * sizeof(float);

    private long Length => HeaderLength + (RowBytes * _data.Texts.Count);

    /// <summary>Whether something of the embeddings of a folder's distillation is there.</summary>
    public static bool IsStarted(string path) => File.Exists(path) || File.Exists(path + ".part");

    /// <summary>Reads the embeddings, after computing those that are not there yet.</summary>
    /// <param name="progress">Told of all texts, those of an earlier run included.</param>
    /// <param name="cancellationToken">Stops; what was computed is kept.</param>
    /// <exception cref="DataFormatException">The file is that of other texts or another teacher, or damaged.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public EmbeddingMatrix Read(IProgress<EncodeProgress>? progress, CancellationToken cancellationToken)
    {
        if (File.Exists(_path) || File.Exists(Part))
        {
            RequireSame();
        }
        else
        {
            AtomicFile.Write(Description, stream => stream.Write(Encoding.UTF8.GetBytes(Describe().ToJsonString(JsonFile.Indented) + "\n")));
        }

        if (!File.Exists(_path))
        {
            Compute(progress, cancellationToken);
        }

        using var file = File.OpenRead(_path);
        Span<byte> header = stackalloc byte[HeaderLength];
        if (file.Length != Length || file.ReadAtLeast(header, HeaderLength, throwOnEndOfStream: false) < HeaderLength || !header.SequenceEqual(Header()))
        {
            throw new DataFormatException(_path, null, $"is not float32 [{_data.Texts.Count}, {_teachers.Dimensions}] in NumPy's format 1.0 as `micse distill` writes it: delete it, so that it is computed again.");
        }

        var matrix = new EmbeddingMatrix(_data.Texts.Count, _teachers.Dimensions);
        for (var row = 0; row < matrix.Count; row++)
        {
            file.ReadExactly(MemoryMarshal.AsBytes(matrix[row]));
        }

        return matrix;
    }

    private void Compute(IProgress<EncodeProgress>? progress, CancellationToken cancellationToken)
    {
        try
        {
            using (var file = new FileStream(Part, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
            {
                var done = file.Length < HeaderLength ? 0 : (int)Math.Min((file.Length - HeaderLength) / RowBytes, _data.Texts.Count) / TextsPerBlock * TextsPerBlock;
                file.SetLength(HeaderLength + (done * RowBytes));
                file.Position = 0;
                file.Write(Header());
                file.Position = file.Length;
                while (done < _data.Texts.Count)
                {
                    string[] block = [.. _data.Texts.Skip(done).Take(TextsPerBlock)];
                    var embeddings = _teachers.Encode(block, new BlockProgress(progress, done, _data.Texts.Count), cancellationToken);
                    file.Write(MemoryMarshal.AsBytes(embeddings.Values));
                    file.Flush();
                    done += block.Length;
                }

                file.Flush(flushToDisk: true);
            }

            File.Move(Part, _path);
        }
        catch (Exception failure) when (failure is UnauthorizedAccessException || (failure is IOException && WriteFailure.IsOfDisk(failure)))
        {
            throw WriteFailure.Explain(_path, failure);
        }
    }

    private JsonObject Describe() => new()
    {
        ["teacher"] = _teachers.Names,
        ["fingerprint"] = _teachers.Fingerprint,
        ["texts"] = _data.Texts.Count,
        ["sha256"] = _data.Sha256,
        ["dimensions"] = _teachers.Dimensions,
    };

    private void RequireSame()
    {
        if (!File.Exists(Description))
        {
            throw new DataFormatException(_path, null, $"has no {Path.GetFileName(Description)} beside it, which says of which texts and teacher it is; {_remedy}.");
        }

        var found = JsonFile.ReadObject(Description);
        foreach (var (name, expected) in Describe().Where(entry => entry.Key != "teacher"))
        {
            var value = found.Value(name) is { } element ? JsonNode.Parse(element.GetRawText()) : null;
            if (!JsonNode.DeepEquals(value, expected))
            {
                throw new DataFormatException(
                    Description, null, $"{name} is {value?.ToJsonString() ?? "missing"}, and this distillation has {expected!.ToJsonString()}: the embeddings are of {(name == "sha256" || name == "texts" ? "other texts" : "another teacher")}; {_remedy}.");
            }
        }
    }

    private byte[] Header()
    {
        var header = new byte[HeaderLength];
        ((ReadOnlySpan<byte>)[0x93, .. "NUMPY"u8, 1, 0, HeaderLength - 10, 0]).CopyTo(header);
        Array.Fill(header, (byte)' ', 10, HeaderLength - 10);
        Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({_data.Texts.Count}, {_teachers.Dimensions}), }}"),
            header.AsSpan(10));
        header[^1] = (byte)'\n';
        return header;
    }

    private sealed class BlockProgress(IProgress<EncodeProgress>? progress, int before, int total) : IProgress<EncodeProgress>
    {
        public void Report(EncodeProgress value) => progress?.Report(value with { TextsDone = before + value.TextsDone, TextsTotal = total });
    }
}
