using System.Numerics;

namespace MiCse.Numerics;

/// <summary>
/// Normally distributed numbers that are the same bits on every machine: xoshiro256** (Blackman and Vigna, 2018), seeded by <see cref="RandomSequence"/>, and Marsaglia's
/// polar method. The logarithm is computed here from operations that IEEE 754 rounds exactly, because the C library's differs between systems. Not thread-safe.
/// </summary>
internal sealed class NormalNumbers
{
    private const ulong FnvOffset = 0xcbf29ce484222325;
    private const ulong FnvPrime = 0x100000001b3;

    private readonly ulong[] _state = new ulong[4];
    private double? _second;

    /// <param name="seed">The seed of the whole model.</param>
    /// <param name="stream">A name; each has its own numbers, whatever else is drawn.</param>
    public NormalNumbers(long seed, string stream)
    {
        // FNV-1a of the name.
        var name = stream.Aggregate(FnvOffset, (hash, character) => (hash ^ character) * FnvPrime);
        var sequence = new RandomSequence((long)(name ^ new RandomSequence(seed).NextBits()));
        for (var index = 0; index < _state.Length; index++)
        {
            _state[index] = sequence.NextBits();
        }
    }

    /// <summary>The next number of mean 0 and standard deviation 1.</summary>
    public double Next()
    {
        if (_second is { } kept)
        {
            _second = null;
            return kept;
        }

        double x, y, square;
        do
        {
            x = (2 * NextUniform()) - 1;
            y = (2 * NextUniform()) - 1;
            square = (x * x) + (y * y);
        }
        while (square is >= 1 or 0);

        var scale = Math.Sqrt(-2 * Logarithm(square) / square);
        _second = y * scale;
        return x * scale;
    }

    /// <summary>Natural logarithm of a positive normal number: ln(m·2^e) = e·ln 2 + 2·artanh((m-1)/(m+1)), with m near 1.</summary>
    internal static double Logarithm(double value)
    {
        var exponent = Math.ILogB(value);
        var mantissa = Math.ScaleB(value, -exponent);
        if (mantissa > 1.4142135623730951)
        {
            mantissa /= 2;
            exponent++;
        }

        var ratio = (mantissa - 1) / (mantissa + 1);
        var square = ratio * ratio;
        var sum = 0.0;
        for (var power = 23; power >= 1; power -= 2)
        {
            sum = (sum * square) + (1.0 / power);
        }

        return (exponent * 0.6931471805599453) + (2 * ratio * sum);
    }

    private double NextUniform() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    private ulong NextBits()
    {
        var result = BitOperations.RotateLeft(_state[1] * 5, 7) * 9;
        var shifted = _state[1] << 17;
        _state[2] ^= _state[0];
        _state[3] ^= _state[1];
        _state[1] ^= _state[2];
        _state[0] ^= _state[3];
        _state[2] ^= shifted;
        _state[3] = BitOperations.RotateLeft(_state[3], 45);
        return result;
    }
}
