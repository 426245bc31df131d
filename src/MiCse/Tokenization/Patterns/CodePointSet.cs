namespace MiCse.Tokenization.Patterns;

/// <summary>The characters that one place of a pattern takes. Immutable and thread-safe.</summary>
internal sealed class CodePointSet
{
    private readonly Func<int, bool> _contains;
    private readonly ulong _low;
    private readonly ulong _high;

    /// <param name="contains">Whether a code point is in it; always gives the same answer.</param>
    public CodePointSet(Func<int, bool> contains)
    {
        _contains = contains;
        for (var code = 0; code < 64; code++)
        {
            _low |= contains(code) ? 1UL << code : 0;
            _high |= contains(code + 64) ? 1UL << code : 0;
        }
    }

    /// <summary>Whether a code point is in it.</summary>
    public bool Contains(int codePoint) => codePoint < 64 ? (_low >> codePoint & 1) != 0
        : codePoint < 128 ? (_high >> (codePoint - 64) & 1) != 0
        : _contains(codePoint);
}
