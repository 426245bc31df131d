namespace MiCse.Search;

/// <summary>The sections of a segment, and how long a row is in each. All numbers are little-endian.</summary>
internal static class SegmentLayout
{
    /// <summary>The vectors: <see cref="Stride"/> float32 a row.</summary>
    public const string Vectors = "float32";

    /// <summary>With <see cref="IndexPrecision.Int8"/>: <see cref="Stride"/> signed bytes a row.</summary>
    public const string Codes = "int8";

    /// <summary>The length of the vector; with int8 also the step of its codes and the distance that they leave to the vector's direction.</summary>
    public const string Scales = "scales";

    /// <summary>Where in <see cref="Strings"/> the row's id and its text end, as two int64.</summary>
    public const string Ends = "ends";

    /// <summary>Id and text of each row, UTF-8.</summary>
    public const string Strings = "strings";

    /// <summary>The rows as int32 in the order of their ids.</summary>
    public const string Order = "order";

    /// <summary>Numbers from one row to the next: rows are filled with zeros, so that no kernel has a remainder to handle.</summary>
    public static int Stride(int dimensions) => (dimensions + 31) / 32 * 32;

    /// <summary>Numbers a row in <see cref="Scales"/>.</summary>
    public static int ScalesPerRow(IndexPrecision precision) => precision == IndexPrecision.Int8 ? 3 : 1;

    /// <summary>Names of the sections, with the bytes of a row where that is fixed.</summary>
    public static IReadOnlyList<(string Name, long? RowBytes)> Sections(int dimensions, IndexPrecision precision)
    {
        var stride = Stride(dimensions);
        List<(string, long?)> sections =
        [
            (Vectors, (long)stride * sizeof(float)), (Scales, ScalesPerRow(precision) * sizeof(float)), (Ends, 2 * sizeof(long)), (Strings, null), (Order, sizeof(int)),
        ];
        if (precision == IndexPrecision.Int8)
        {
            sections.Add((Codes, stride));
        }

        return sections;
    }
}
