using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.Patterns;

/// <summary>
/// Which characters a pattern takes for the same when case does not count: those with one lower case, and the variants of letters that are lower
/// case themselves (Unicode's simple case folding, CaseFolding.txt, status C and S). Immutable.
/// </summary>
internal static class CaseFolding
{
    private static readonly Dictionary<int, int> Folded = Read();
    private static readonly ILookup<int, int> Members = Folded.ToLookup(entry => entry.Value, entry => entry.Key);

    /// <summary>What stands for a character and all that differ from it in case alone.</summary>
    public static int Fold(int codePoint) => codePoint < 128
        ? codePoint is >= 'A' and <= 'Z' ? codePoint + ('a' - 'A') : codePoint
        : Folded.GetValueOrDefault(codePoint, codePoint);

    /// <summary>Whether a set has the character, or one that differs from it in case alone.</summary>
    public static bool Contains(Func<int, bool> set, int codePoint)
    {
        var folded = Fold(codePoint);
        return set(codePoint) || set(folded) || Members[folded].Any(set);
    }

    private static Dictionary<int, int> Read()
    {
        var folded = new Dictionary<int, int>
        {
            [0xB5] = 0x3BC, [0x17F] = 's', [0x345] = 0x3B9, [0x3C2] = 0x3C3, [0x3D0] = 0x3B2, [0x3D1] = 0x3B8, [0x3D5] = 0x3C6, [0x3D6] = 0x3C0,
            [0x3F0] = 0x3BA, [0x3F1] = 0x3C1, [0x3F5] = 0x3B5, [0x1E9B] = 0x1E61, [0x1FBE] = 0x3B9,
            [0x1C80] = 0x432, [0x1C81] = 0x434, [0x1C82] = 0x43E, [0x1C83] = 0x441, [0x1C84] = 0x442, [0x1C85] = 0x442, [0x1C86] = 0x44A, [0x1C87] = 0x463,
            [0x1C88] = 0xA64B,
        };
        for (var codePoint = 0; codePoint < 0x20000; codePoint++)
        {
            if (CodePoints.TraitsOf(codePoint).HasFlag(CodePointTraits.HasLowerCase) && CodePoints.LowerCaseOf(codePoint).EnumerateRunes().ToArray() is [var lower])
            {
                folded[codePoint] = lower.Value;
            }
        }

        return folded;
    }
}
