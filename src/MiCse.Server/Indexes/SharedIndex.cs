using MiCse.Search;

namespace MiCse.Server.Indexes;

/// <summary>An open index that some read at once; closed when it is replaced and the last of them is done.</summary>
internal sealed class SharedIndex(string folder) : IDisposable
{
    private readonly VectorIndex _index = VectorIndex.Open(folder);
    private int _users = 1;

    /// <summary>Keeps it open until what is returned is disposed.</summary>
    public Reader Use()
    {
        Interlocked.Increment(ref _users);
        return new Reader(this);
    }

    public void Dispose()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            _index.Dispose();
        }
    }

    /// <summary>One who reads it.</summary>
    internal readonly struct Reader(SharedIndex shared) : IDisposable
    {
        public VectorIndex Index => shared._index;

        public void Dispose() => shared.Dispose();
    }
}
