namespace MiCse.Checkpoints;

/// <summary>An open checkpoint: tensor names as the file spells them → tensors.</summary>
public sealed class Checkpoint : IDisposable
{
    private readonly IDisposable? _owner;

    internal Checkpoint(string path, IReadOnlyDictionary<string, CheckpointTensor> tensors, IDisposable? owner)
    {
        Path = path;
        Tensors = tensors;
        _owner = owner;
    }

    /// <summary>The file (or the index of the shards) that was opened.</summary>
    public string Path { get; }

    /// <summary>All tensors by name.</summary>
    public IReadOnlyDictionary<string, CheckpointTensor> Tensors { get; }

    /// <summary>
    /// Opens model.safetensors, a model.safetensors.index.json with its shards, or a pytorch_model.bin (zip or legacy; nothing
    /// in it is executed), told apart by content and, for an index, by name.
    /// </summary>
    /// <exception cref="ModelFormatException">The file is broken or not one of these.</exception>
    public static Checkpoint Open(string path)
    {
        if (path.EndsWith(ShardedCheckpoint.IndexEnding, StringComparison.Ordinal))
        {
            return ShardedCheckpoint.Open(path);
        }

        return SafetensorsReader.Open(path);
    }

    /// <summary>Releases the memory map.</summary>
    public void Dispose() => _owner?.Dispose();
}
