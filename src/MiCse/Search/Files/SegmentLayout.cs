using MiCse.Search.Scan;

namespace MiCse.Search.Files;

/// <summary>The sections of a segment, and how long a row is in each. All numbers are little-endian.</summary>
internal static class SegmentLayout
{
    /// <summary>The vectors: <see cref="PaddedBlock.Stride"/> float32 a row.</summary>
    public const string Vectors = "float32";

    /// <summary>In an index that is searched in int8: the vectors quantized, <see cref="PaddedBlock.Stride"/> signed bytes a row.</summary>
    public const string Quantized = "int8";

    /// <summary>The length of the vector; with int8 also the two values of <see cref="QuantizedDirection"/>.</summary>
    public const string Scales = "scales";

    /// <summary>Where in <see cref="Strings"/> the row's id and its text end, as two int64.</summary>
    public const string Ends = "ends";

    /// <summary>Id and text of each row, UTF-8.</summary>
    public const string Strings = "strings";

    /// <summary>The rows as int32 in the order of their ids.</summary>
    public const string Order = "order";

    /// <summary>In a segment whose rows are divided into cells: the centre of each, as many float32 as dimensions.</summary>
    public const string Centers = "centers";

    /// <summary>There too: the first row of each cell and the number of rows, as int32.</summary>
    public const string Bounds = "bounds";

    /// <summary>Values a row in <see cref="Scales"/>.</summary>
    public static int ScalesPerRow(bool quantized) => quantized ? 3 : 1;

    /// <summary>Names of the sections, with the bytes of a row where that is fixed.</summary>
    public static IReadOnlyList<(string Name, long? RowBytes)> Sections(int dimensions, bool quantized)
    {
        var stride = PaddedBlock.Stride(dimensions);
        List<(string, long?)> sections =
        [
            (Vectors, (long)stride * sizeof(float)), (Scales, ScalesPerRow(quantized) * sizeof(float)), (Ends, 2 * sizeof(long)), (Strings, null), (Order, sizeof(int)),
        ];
        if (quantized)
        {
            sections.Add((Quantized, stride));
        }

        return sections;
    }
}
