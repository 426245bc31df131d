using System.Globalization;

namespace MiCse.Tokenization.Text;

/// <summary>
/// Decompositions, combining classes and compositions of code points, as Unicode 9.0 has them: what the normal forms of Hugging Face's tokenizers are
/// made of, whatever version the runtime has. Hangul is computed (Unicode standard, section 3.12). Immutable.
/// </summary>
internal static class Decompositions
{
    public const int SyllableFirst = 0xAC00;
    public const int SyllableLast = 0xD7A3;
    private const int LeadingFirst = 0x1100;
    private const int VowelFirst = 0x1161;
    private const int BeforeTrailing = 0x11A7;
    private const int LeadingCount = 19;
    private const int VowelCount = 21;
    private const int TrailingCount = 28;

    private static readonly byte[] Classes = ReadClasses();
    private static readonly Dictionary<int, int[]> CanonicalSteps = ReadSteps(NormalFormTables.Canonical);

    /// <summary>The canonical combining class: 0 for starters.</summary>
    public static int ClassOf(int codePoint) => (uint)codePoint < (uint)Classes.Length ? Classes[codePoint] : 0;

    /// <summary>The code points with a canonical decomposition, Hangul syllables left out.</summary>
    public static IReadOnlyCollection<int> Decomposed => CanonicalSteps.Keys;

    /// <summary>The full canonical decomposition of a code point; null when it is its own.</summary>
    public static int[]? Canonical(int codePoint) => IsSyllable(codePoint) ? Jamo(codePoint) : CanonicalTable.Full.GetValueOrDefault(codePoint);

    /// <summary>The full compatibility decomposition of a code point; null when it is its own.</summary>
    public static int[]? Compatibility(int codePoint) => IsSyllable(codePoint) ? Jamo(codePoint) : CompatibilityMappings.Full.GetValueOrDefault(codePoint);

    public static bool IsSyllable(int codePoint) => codePoint is >= SyllableFirst and <= SyllableLast;

    /// <summary>The one code point that is canonically the same as two.</summary>
    public static bool TryCompose(int first, int second, out int composed)
    {
        if ((uint)(first - LeadingFirst) < LeadingCount && (uint)(second - VowelFirst) < VowelCount)
        {
            composed = SyllableFirst + ((((first - LeadingFirst) * VowelCount) + second - VowelFirst) * TrailingCount);
            return true;
        }

        if (IsSyllable(first) && (first - SyllableFirst) % TrailingCount == 0 && second > BeforeTrailing && second < BeforeTrailing + TrailingCount)
        {
            composed = first + second - BeforeTrailing;
            return true;
        }

        return CanonicalTable.Compositions.TryGetValue((first, second), out composed);
    }

    private static int[] Jamo(int syllable)
    {
        var index = syllable - SyllableFirst;
        var leading = LeadingFirst + (index / (VowelCount * TrailingCount));
        var vowel = VowelFirst + (index / TrailingCount % VowelCount);
        var trailing = index % TrailingCount;
        return trailing == 0 ? [leading, vowel] : [leading, vowel, BeforeTrailing + trailing];
    }

    private static byte[] ReadClasses()
    {
        var ranges = RangeTable.Ranges(NormalFormTables.CombiningClasses).ToList();
        var classes = new byte[ranges[^1].Last + 1];
        foreach (var (first, last, value) in ranges)
        {
            classes.AsSpan(first..(last + 1)).Fill(byte.Parse(value, CultureInfo.InvariantCulture));
        }

        return classes;
    }

    private static Dictionary<int, int[]> ReadSteps(string table) => RangeTable.Mappings(table).ToDictionary(entry => entry.CodePoint, entry => entry.Parts);

    /// <summary>Follows mappings until nothing can be replaced any more.</summary>
    private static Dictionary<int, int[]> Follow(Dictionary<int, int[]> steps, Func<int, int[]?> stepOf)
    {
        return steps.ToDictionary(entry => entry.Key, entry => entry.Value.SelectMany(Expand).ToArray());

        IEnumerable<int> Expand(int codePoint) => stepOf(codePoint) is { } parts ? parts.SelectMany(Expand) : [codePoint];
    }

    private static class CanonicalTable
    {
        public static readonly Dictionary<int, int[]> Full = Follow(CanonicalSteps, codePoint => CanonicalSteps.GetValueOrDefault(codePoint));

        public static readonly Dictionary<(int First, int Second), int> Compositions = ReadCompositions();

        /// <summary>Pairs whose first part or whole is no starter are never composed, nor are those that Unicode excludes.</summary>
        private static Dictionary<(int First, int Second), int> ReadCompositions()
        {
            var excluded = RangeTable.Ranges(NormalFormTables.Excluded).SelectMany(range => Enumerable.Range(range.First, range.Last - range.First + 1)).ToHashSet();
            return CanonicalSteps
                .Where(entry => entry.Value.Length == 2 && ClassOf(entry.Key) == 0 && ClassOf(entry.Value[0]) == 0 && !excluded.Contains(entry.Key))
                .ToDictionary(entry => (entry.Value[0], entry.Value[1]), entry => entry.Key);
        }
    }

    private static class CompatibilityMappings
    {
        public static readonly Dictionary<int, int[]> Full = ReadFull();

        private static Dictionary<int, int[]> ReadFull()
        {
            var steps = ReadSteps(CompatibilityTable.Mappings);
            foreach (var (codePoint, parts) in CanonicalSteps)
            {
                steps.Add(codePoint, parts);
            }

            return Follow(steps, codePoint => IsSyllable(codePoint) ? Jamo(codePoint) : steps.GetValueOrDefault(codePoint));
        }
    }
}
