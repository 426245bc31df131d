namespace MiCse.Clustering;

/// <summary>Sets of numbered items that are united step by step (union-find, with path halving and union by size).</summary>
internal sealed class DisjointSets(int count)
{
    private readonly int[] _parents = [.. Enumerable.Range(0, count)];
    private readonly int[] _sizes = [.. Enumerable.Repeat(1, count)];

    /// <summary>The item that stands for the set of an item.</summary>
    public int Find(int item)
    {
        while (_parents[item] != item)
        {
            item = _parents[item] = _parents[_parents[item]];
        }

        return item;
    }

    /// <summary>Unites the sets of two items.</summary>
    /// <returns>False when they are one already.</returns>
    public bool Unite(int first, int second)
    {
        var (larger, smaller) = (Find(first), Find(second));
        if (larger == smaller)
        {
            return false;
        }

        if (_sizes[larger] < _sizes[smaller])
        {
            (larger, smaller) = (smaller, larger);
        }

        _parents[smaller] = larger;
        _sizes[larger] += _sizes[smaller];
        return true;
    }
}
