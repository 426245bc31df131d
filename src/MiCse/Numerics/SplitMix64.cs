namespace MiCse.Numerics;

/// <summary>
/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", OOPSLA 2014) as a value: it can be split into a sequence
/// for every index, so that no sequence depends on when another one is drawn from.
/// </summary>
internal struct SplitMix64(ulong state)
{
    private const ulong Increment = 0x9E3779B97F4A7C15;

    private ulong _state = state;

    /// <summary>64 random bits.</summary>
    public ulong NextBits() => Mix(_state = unchecked(_state + Increment));

    /// <summary>Uniform in 0 … <paramref name="bound"/> - 1 without a division; the bias is below bound / 2³².</summary>
    public int NextBelow(int bound) => (int)((NextBits() >> 32) * (ulong)bound >> 32);

    /// <summary>The sequence of an index from -1 on; this one does not change.</summary>
    public readonly SplitMix64 Split(int index) => new(Mix(unchecked(_state + Increment * (uint)(index + 1))));

    private static ulong Mix(ulong bits)
    {
        unchecked
        {
            bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
            bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
            return bits ^ (bits >> 31);
        }
    }
}
