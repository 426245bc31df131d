namespace MiCse.Evaluation.Classification;

/// <summary>
/// MT19937 (Matsumoto and Nishimura 1998) with NumPy's way of shuffling: SentEval's folds come from it, and accuracies can only be compared
/// over the same folds.
/// </summary>
internal sealed class MersenneTwister
{
    private const int Length = 624;
    private const int Offset = 397;

    private readonly uint[] _state = new uint[Length];
    private int _next = Length;

    public MersenneTwister(uint seed)
    {
        _state[0] = seed;
        for (var i = 1; i < Length; i++)
        {
            _state[i] = 1812433253 * (_state[i - 1] ^ (_state[i - 1] >> 30)) + (uint)i;
        }
    }

    /// <summary>32 random bits.</summary>
    public uint NextBits()
    {
        if (_next == Length)
        {
            Twist();
        }

        var bits = _state[_next++];
        bits ^= bits >> 11;
        bits ^= (bits << 7) & 0x9D2C5680;
        bits ^= (bits << 15) & 0xEFC60000;
        return bits ^ (bits >> 18);
    }

    /// <summary>Puts the values into a random order.</summary>
    public void Shuffle(Span<int> values)
    {
        for (var last = values.Length - 1; last > 0; last--)
        {
            var other = UpTo((uint)last);
            (values[last], values[other]) = (values[other], values[last]);
        }
    }

    /// <summary>0 .. <paramref name="largest"/>: as many bits as it needs, drawn again while beyond it.</summary>
    private int UpTo(uint largest)
    {
        var mask = uint.MaxValue >> System.Numerics.BitOperations.LeadingZeroCount(largest);
        uint value;
        do
        {
            value = NextBits() & mask;
        }
        while (value > largest);
        return (int)value;
    }

    private void Twist()
    {
        for (var i = 0; i < Length; i++)
        {
            var bits = (_state[i] & 0x80000000) | (_state[(i + 1) % Length] & 0x7FFFFFFF);
            _state[i] = _state[(i + Offset) % Length] ^ (bits >> 1) ^ ((bits & 1) * 0x9908B0DF);
        }

        _next = 0;
    }
}
