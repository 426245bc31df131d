using System.Runtime.InteropServices;
using MiCse.Vectors;

namespace MiCse.Data.Shards;

/// <summary>Everything that decides the bytes of an embedding but the text.</summary>
/// <param name="Model">The model's folder or name, for people and for loading it again.</param>
/// <param name="Weights">A hash of its weights, which an index keeps.</param>
/// <param name="Fingerprint">A hash of the weights, the tokenizer and all below that the model decides: <see cref="SentenceEncoder.Fingerprint"/>.</param>
/// <param name="Pooling">How hidden states become a vector, as on the command line.</param>
/// <param name="Precision">The arithmetic of the encoder, as on the command line.</param>
/// <param name="MaxTokens">The longest sequence.</param>
/// <param name="Dimensions">Length of an embedding.</param>
/// <param name="Normalized">Whether embeddings are scaled to length 1.</param>
/// <param name="Prompt">What is put before every text.</param>
/// <param name="OutputType">The numbers that are written, as on the command line.</param>
/// <param name="Calibration">The file whose embeddings give int8 and uint8 their ranges; else null.</param>
/// <param name="Ranges">These ranges: minima and maxima as float32 in base64, measured by the task that made the plan, so that all tasks have the same.</param>
internal sealed record EncodingRecipe(
    string Model, string Weights, string Fingerprint, string Pooling, string Precision, int MaxTokens, int Dimensions, bool Normalized, string Prompt, string OutputType,
    string? Calibration = null, string? Ranges = null)
{
    /// <summary>The same with ranges.</summary>
    public EncodingRecipe With(QuantizationRanges ranges) =>
        this with { Ranges = Convert.ToBase64String([.. MemoryMarshal.AsBytes(ranges.Minima), .. MemoryMarshal.AsBytes(ranges.Maxima)]) };

    /// <summary>The ranges; null where there are none.</summary>
    /// <exception cref="FormatException">They are not what <see cref="With"/> wrote.</exception>
    public QuantizationRanges? ReadRanges()
    {
        if (Ranges is null)
        {
            return null;
        }

        var values = MemoryMarshal.Cast<byte, float>(Convert.FromBase64String(Ranges));
        if (values.Length != 2 * Dimensions)
        {
            throw new FormatException($"its ranges are {values.Length} numbers instead of {2 * Dimensions}");
        }

        var ranges = new QuantizationRanges(Dimensions);
        ranges.Include(values[..Dimensions]);
        ranges.Include(values[Dimensions..]);
        return ranges;
    }
}
