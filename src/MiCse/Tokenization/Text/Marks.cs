namespace MiCse.Tokenization.Text;

/// <summary>The nonspacing, spacing and enclosing marks of Unicode 9.0. Immutable.</summary>
internal static class Marks
{
    private static readonly HashSet<int> All = Read();

    public static bool Contains(int codePoint) => All.Contains(codePoint);

    private static HashSet<int> Read()
    {
        var marks = new HashSet<int>();
        for (var ranges = new RangeTable(NormalFormTables.Marks); ranges.MoveNext();)
        {
            marks.UnionWith(Enumerable.Range(ranges.First, ranges.Last - ranges.First + 1));
        }

        return marks;
    }
}
