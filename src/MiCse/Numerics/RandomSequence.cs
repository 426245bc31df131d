namespace MiCse.Numerics;

/// <summary>Random numbers of <see cref="SplitMix64"/>: the same on every system and in every version of .NET. Not thread-safe.</summary>
internal sealed class RandomSequence
{
    private SplitMix64 _generator;

    /// <summary>Starts the sequence that belongs to <paramref name="seed"/>.</summary>
    public RandomSequence(long seed) => _generator = new SplitMix64(unchecked((ulong)seed));

    /// <summary>64 random bits.</summary>
    public ulong NextBits() => _generator.NextBits();

    /// <summary>Uniform in [0, 1).</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1L << 53));

    /// <summary>Uniform in 0 … <paramref name="bound"/> - 1, without bias.</summary>
    public int Next(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        var range = (ulong)bound;
        var unfair = (0 - range) % range;
        ulong bits;
        do
        {
            bits = NextBits();
        }
        while (bits < unfair);

        return (int)(bits % range);
    }

    /// <summary>Fisher–Yates: every order is equally likely.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var last = items.Length - 1; last > 0; last--)
        {
            var other = Next(last + 1);
            (items[last], items[other]) = (items[other], items[last]);
        }
    }
}
