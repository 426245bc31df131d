using MiCse.Search.Files;

namespace MiCse.Postgres;

/// <summary>The order of ids between rows of equal scores, as an index in a folder has it.</summary>
internal static class RowIds
{
    /// <summary>Compares as <see cref="RowId.Compare"/>.</summary>
    public static int Compare(string? first, string? second) => RowId.Compare(RowId.Encode(first!, "id"), RowId.Encode(second!, "id"));
}
