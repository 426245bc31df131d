using MiCse.Numerics;

namespace MiCse.Data.Corpora;

/// <summary>The texts with the smallest random numbers among those that went by.</summary>
internal sealed class LowShotSample(long seed, int size)
{
    private readonly RandomSequence _random = new(seed);

    /// <summary>The largest number first. A number comes up only once in a sequence, so nothing depends on how ties fall.</summary>
    private readonly PriorityQueue<(ulong Number, string Text), ulong> _kept =
        new(Comparer<ulong>.Create((one, other) => other.CompareTo(one)));

    /// <summary>Draws the number of the next text.</summary>
    public void Offer(string text)
    {
        var number = _random.NextBits();
        if (_kept.Count < size)
        {
            _kept.Enqueue((number, text), number);
        }
        else
        {
            _kept.EnqueueDequeue((number, text), number);
        }
    }

    /// <summary>The texts, the one with the smallest number first.</summary>
    public IReadOnlyList<string> Texts() => [.. _kept.UnorderedItems.OrderBy(item => item.Priority).Select(item => item.Element.Text)];
}
