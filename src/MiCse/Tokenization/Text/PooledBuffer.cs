using System.Buffers;

namespace MiCse.Tokenization.Text;

/// <summary>A growing list on a pooled array: results are collected without garbage. Dispose gives the array back.</summary>
internal ref struct PooledBuffer<T>(int capacity)
    where T : unmanaged
{
    private T[] _items = ArrayPool<T>.Shared.Rent(Math.Max(capacity, 16));

    /// <summary>Number of items; may be lowered to drop the last ones.</summary>
    public int Count { get; set; }

    public readonly Span<T> Items => _items.AsSpan(0, Count);

    public void Add(T item)
    {
        if (Count == _items.Length)
        {
            Grow(1);
        }

        _items[Count++] = item;
    }

    public void AddRange(scoped ReadOnlySpan<T> items) => items.CopyTo(Extend(items.Length));

    /// <summary>Room for further items at the end, which the caller fills.</summary>
    public Span<T> Extend(int count)
    {
        if (Count + count > _items.Length)
        {
            Grow(count);
        }

        Count += count;
        return _items.AsSpan(Count - count, count);
    }

    public void Dispose()
    {
        ArrayPool<T>.Shared.Return(_items);
        _items = [];
    }

    private void Grow(int count)
    {
        var larger = ArrayPool<T>.Shared.Rent(Math.Max(Count + count, _items.Length * 2));
        Items.CopyTo(larger);
        ArrayPool<T>.Shared.Return(_items);
        _items = larger;
    }
}
