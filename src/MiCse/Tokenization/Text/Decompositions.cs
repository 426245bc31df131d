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
    private static readonly Dictionary<int, int[]> CanonicalSteps = ReadSteps(NormalFormTables.Canonical, []);

    /// <summary>The canonical combining class: 0 for starters.</summary>
    public static int ClassOf(int codePoint) => (uint)codePoint < (uint)Classes.Length ? Classes[codePoint] : 0;

    /// <summary>The code points with a canonical decomposition, Hangul syllables left out.</summary>
    public static IReadOnlyCollection<int> Decomposed => CanonicalSteps.Keys;

    /// <summary>The full canonical decomposition of a code point; null when it is its own.</summary>
    public static int[]? Canonical(int codePoint) => IsSyllable(codePoint) ? Jamo(codePoint) : CanonicalMappings.Full.TryGetValue(codePoint, out var parts) ? parts : null;

    /// <summary>The full compatibility decomposition of a code point; null when it is its own.</summary>
    public static int[]? Compatibility(int codePoint) => IsSyllable(codePoint) ? Jamo(codePoint) : CompatibilityMappings.Full.TryGetValue(codePoint, out var parts) ? parts : null;

    /// <summary>Appends the full canonical decomposition of a code point, or itself.</summary>
    public static void AppendCanonical(int codePoint, List<int> result) => Expand(codePoint, CanonicalSteps, result);

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

        return Compositions.OfPairs.TryGetValue((first, second), out composed);
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
        var classes = new byte[0x20000];
        for (var ranges = new RangeTable(NormalFormTables.CombiningClasses); ranges.MoveNext();)
        {
            classes.AsSpan(ranges.First..(ranges.Last + 1)).Fill(byte.Parse(ranges.Value, CultureInfo.InvariantCulture));
        }

        return classes;
    }

    /// <summary>Adds the mappings of a table: of neighbours to neighbours, or of a code point to parts joined by dots.</summary>
    private static Dictionary<int, int[]> ReadSteps(string table, Dictionary<int, int[]> steps)
    {
        var parts = new List<int>();
        for (var ranges = new RangeTable(table); ranges.MoveNext();)
        {
            parts.Clear();
            foreach (var part in ranges.Value.Split('.'))
            {
                parts.Add(RangeTable.Hex(ranges.Value[part]));
            }

            steps.Add(ranges.First, parts.ToArray());
            for (var codePoint = ranges.First + 1; codePoint <= ranges.Last; codePoint++)
            {
                steps.Add(codePoint, [parts[0] + codePoint - ranges.First]);
            }
        }

        return steps;
    }

    /// <summary>Follows mappings until nothing can be replaced any more.</summary>
    private static void Expand(int codePoint, Dictionary<int, int[]> steps, List<int> result)
    {
        var parts = IsSyllable(codePoint) ? Jamo(codePoint) : steps.GetValueOrDefault(codePoint);
        if (parts is null)
        {
            result.Add(codePoint);
            return;
        }

        foreach (var part in parts)
        {
            Expand(part, steps, result);
        }
    }

    private static Dictionary<int, int[]> ExpandAll(Dictionary<int, int[]> steps)
    {
        var full = new Dictionary<int, int[]>(steps.Count);
        var parts = new List<int>();
        foreach (var codePoint in steps.Keys)
        {
            parts.Clear();
            Expand(codePoint, steps, parts);
            full.Add(codePoint, parts.ToArray());
        }

        return full;
    }

    // Nested classes, so that a table is made when it is first needed.
    private static class CanonicalMappings
    {
        public static readonly Dictionary<int, int[]> Full = ExpandAll(CanonicalSteps);
    }

    private static class CompatibilityMappings
    {
        public static readonly Dictionary<int, int[]> Full = ExpandAll(ReadSteps(CompatibilityTable.Mappings, new(CanonicalSteps)));
    }

    private static class Compositions
    {
        public static readonly Dictionary<(int First, int Second), int> OfPairs = ReadPairs();

        /// <summary>Pairs whose first part or whole is no starter are never composed, nor are those that Unicode excludes.</summary>
        private static Dictionary<(int First, int Second), int> ReadPairs()
        {
            var pairs = new Dictionary<(int First, int Second), int>();
            foreach (var (codePoint, parts) in CanonicalSteps)
            {
                if (parts.Length == 2 && ClassOf(codePoint) == 0 && ClassOf(parts[0]) == 0)
                {
                    pairs.Add((parts[0], parts[1]), codePoint);
                }
            }

            for (var excluded = new RangeTable(NormalFormTables.Excluded); excluded.MoveNext();)
            {
                for (var codePoint = excluded.First; codePoint <= excluded.Last; codePoint++)
                {
                    var parts = CanonicalSteps[codePoint];
                    pairs.Remove((parts[0], parts[1]));
                }
            }

            return pairs;
        }
    }
}
