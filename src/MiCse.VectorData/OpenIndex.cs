using MiCse.Search;

namespace MiCse.VectorData;

/// <summary>An index that some read at once; closed when it is replaced by a newer one and the last of them is done.</summary>
/// <param name="index">The index.</param>
/// <param name="stamp">What its manifest began with.</param>
internal sealed class OpenIndex(VectorIndex index, string stamp)
{
    private int _users = 1;

    public VectorIndex Index => index;

    public string Stamp => stamp;

    public OpenIndex Use()
    {
        Interlocked.Increment(ref _users);
        return this;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            index.Dispose();
        }
    }
}
