using MiCse.Checkpoints.PyTorch;
using MiCse.Files;
using MiCse.Tensors;

namespace MiCse.Checkpoints;

/// <summary>An open checkpoint: tensor names as the file spells them → tensors.</summary>
public sealed class Checkpoint : IDisposable
{
    private static ReadOnlySpan<byte> PickleProtocol => [0x80];

    private readonly IDisposable? _owner;

    internal Checkpoint(string path, IReadOnlyDictionary<string, Tensor> tensors, IDisposable? owner)
    {
        Path = path;
        Tensors = tensors;
        _owner = owner;
    }

    /// <summary>The file (or the index of the shards) that was opened.</summary>
    public string Path { get; }

    /// <summary>All tensors by name whose element type is a <see cref="TensorType"/>; others, such as float8, are left out.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors { get; }

    /// <summary>Names of tensors that are left out because nothing computes with their element type → that type as the file spells it.</summary>
    internal IReadOnlyDictionary<string, string> Unread { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether tensors have the canonical names of their weights, and not those of a model's family: so in files of this library's own format.</summary>
    internal bool HasCanonicalNames { get; init; }

    /// <summary>
    /// Opens model.safetensors, a model.safetensors.index.json with its shards, a pytorch_model.bin (zip or legacy; nothing
    /// in it is executed) or an ONNX file that this library wrote, told apart by content and, for an index and ONNX, by name.
    /// </summary>
    /// <exception cref="ModelFormatException">The file is broken or not one of these.</exception>
    public static Checkpoint Open(string path)
    {
        if (path.EndsWith(ShardedCheckpoint.IndexEnding, StringComparison.Ordinal))
        {
            return ShardedCheckpoint.Open(path);
        }

        var file = MappedFile.Open(path);
        try
        {
            return Read(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static Checkpoint Read(MappedFile file)
    {
        // A safetensors file has its header's opening brace after eight bytes of length; neither of the others can have one there.
        var start = file.Slice(0, (int)Math.Min(file.Length, 9)).Span;
        if (start.Length == 9 && start[8] == '{')
        {
            return SafetensorsReader.Read(file);
        }

        if (start.StartsWith("PK\u0003\u0004"u8))
        {
            return From(file, PyTorchReader.ReadZip(file));
        }

        if (start.StartsWith(PickleProtocol))
        {
            return From(file, PyTorchReader.ReadLegacy(file));
        }

        if (file.Path.EndsWith(".onnx", StringComparison.OrdinalIgnoreCase))
        {
            return OnnxReader.ReadCheckpoint(file);
        }

        return file.Path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)
            ? SafetensorsReader.Read(file)
            : throw new ModelFormatException(
                file.Path, "is neither a safetensors file nor what torch.save writes (a zip file, or a pickle that begins with a protocol number)");
    }

    private static Checkpoint From(MappedFile file, TorchTensors content) => new(file.Path, content.Tensors, file) { Unread = content.Unread };

    /// <summary>Releases the memory map.</summary>
    public void Dispose() => _owner?.Dispose();
}
