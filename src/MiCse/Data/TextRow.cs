namespace MiCse.Data;

/// <summary>One row of a file.</summary>
/// <param name="Line">1-based line where the row starts; in a parquet file the 1-based number of the row.</param>
/// <param name="Values">The chosen columns, in the order asked for; the same number in every row of a file.</param>
public readonly record struct TextRow(long Line, IReadOnlyList<string> Values);
