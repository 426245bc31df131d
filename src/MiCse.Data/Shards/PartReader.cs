using System.IO.Hashing;

namespace MiCse.Data.Shards;

/// <summary>Reads a part once, and knows its checksum at the end.</summary>
/// <param name="path">Its file.</param>
/// <param name="cancellationToken">Stops between blocks.</param>
internal sealed class PartReader(string path, CancellationToken cancellationToken) : IDisposable
{
    private const int BlockBytes = 1 << 20;

    private readonly FileStream _file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
    private readonly XxHash3 _hash = new();

    /// <summary>Bytes read so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>The checksum of what was read so far.</summary>
    public string Checksum => Convert.ToHexStringLower(_hash.GetCurrentHash());

    /// <summary>Fills the buffer as far as there is content.</summary>
    /// <returns>How many bytes; fewer than asked for at the end alone.</returns>
    public int Read(Span<byte> buffer)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var read = _file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        _hash.Append(buffer[..read]);
        Bytes += read;
        return read;
    }

    /// <summary>Reads what is left.</summary>
    public void SkipRest()
    {
        var buffer = new byte[BlockBytes];
        while (Read(buffer) == buffer.Length)
        {
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
