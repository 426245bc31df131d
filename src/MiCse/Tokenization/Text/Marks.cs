namespace MiCse.Tokenization.Text;

/// <summary>The nonspacing, spacing and enclosing marks of Unicode 9.0. Immutable.</summary>
internal static class Marks
{
    private static readonly HashSet<int> All =
        [.. RangeTable.Ranges(NormalFormTables.Marks).SelectMany(range => Enumerable.Range(range.First, range.Last - range.First + 1))];

    public static bool Contains(int codePoint) => All.Contains(codePoint);
}
