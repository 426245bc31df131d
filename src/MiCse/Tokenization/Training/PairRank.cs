namespace MiCse.Tokenization.Training;

/// <summary>The order in which pairs are merged: the most frequent first, of equally frequent ones the lower ids.</summary>
internal readonly record struct PairRank(long Count, PiecePair Pair) : IComparable<PairRank>
{
    public int CompareTo(PairRank other)
    {
        var order = other.Count.CompareTo(Count);
        order = order != 0 ? order : Pair.Left.CompareTo(other.Pair.Left);
        return order != 0 ? order : Pair.Right.CompareTo(other.Pair.Right);
    }
}
