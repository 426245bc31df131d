namespace MiCse.Models;

/// <summary>How precisions are spelled on the command line.</summary>
public static class EncoderPrecisionNames
{
    /// <summary>The spelling: "fp32" or "int8".</summary>
    public static string Name(this EncoderPrecision precision) => precision == EncoderPrecision.Int8 ? "int8" : "fp32";
}
