using MiCse.Numerics;

namespace MiCse.Mapping;

/// <summary>
/// SplitMix64, as <see cref="RandomSequence"/>, but a value: one sequence for every point and epoch, so that no point's numbers depend on when
/// another point draws its own.
/// </summary>
internal struct UmapRandom
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    private ulong _state;

    public UmapRandom(long seed, int epoch, int point) =>
        _state = unchecked(Mix(Mix((ulong)seed + Step * (uint)(epoch + 1)) + Step * (uint)(point + 1)));

    /// <summary>Uniform in 0 … <paramref name="bound"/> - 1; the bias is below bound / 2³².</summary>
    public int Next(int bound)
    {
        _state = unchecked(_state + Step);
        return (int)((Mix(_state) >> 32) * (ulong)bound >> 32);
    }

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
