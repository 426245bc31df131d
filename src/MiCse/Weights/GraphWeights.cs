using System.Runtime.InteropServices;
using MiCse.Models;
using MiCse.Tensors;

namespace MiCse.Weights;

/// <summary>The weights of an encoder that is run or exported, by canonical name (<see cref="WeightNames"/>).</summary>
internal abstract class GraphWeights(EncoderShape config)
{
    /// <summary>The shape of the encoder.</summary>
    public EncoderShape Config { get; } = config;

    /// <summary>What the encoder computes.</summary>
    public EncoderPlan Plan { get; } = config.Plan;

    /// <summary>Elements of all weights.</summary>
    public abstract long ParameterCount { get; }

    /// <summary>Whether an optional weight is there.</summary>
    public abstract bool Has(string name);

    /// <summary>A weight in float32.</summary>
    public abstract Tensor Float(string name);

    /// <summary>A weight in the floating-point type in which it is stored, for those who read it once or a row at a time.</summary>
    public virtual Tensor Stored(string name) => Float(name);

    /// <summary>The weight [out, in] of a linear layer in int8, as a right-hand matrix: values [in, out], scales [out].</summary>
    public abstract QuantizedWeight RightHandMatrix(string name);

    /// <summary>A table of embeddings in int8: values [rows, hidden], scales [rows, 1].</summary>
    public abstract QuantizedWeight Table(string name);

    /// <summary>The bias of a linear layer in float32; null: it has none.</summary>
    public Tensor? Bias(WeightNames.Affine linear) => Has(linear.Bias) ? Float(linear.Bias) : null;

    /// <summary>What is computed on [CLS] after the last layer when the head is pooled: the training head, else the pooler, else nothing.</summary>
    public WeightNames.Affine? Head =>
        Has(WeightNames.ProjectionHead.Weight) ? WeightNames.ProjectionHead
        : Has(WeightNames.Pooler.Weight) ? WeightNames.Pooler
        : null;
}

/// <summary>A matrix of a graph quantized to int8.</summary>
/// <param name="Values">Signed bytes.</param>
/// <param name="Scales">Float32: what a value is multiplied by to be the weight, for each column of a right-hand matrix or each row of a table.</param>
/// <param name="Factors">
/// Float32 [in]: what the input of a right-hand matrix is multiplied by before it is quantized, and the weights were divided by; null: nothing.
/// </param>
internal readonly record struct QuantizedWeight(Tensor Values, Tensor Scales, Tensor? Factors = null)
{
    /// <summary>What the names of factors end with.</summary>
    public const string FactorsEnding = ".factors";

    /// <summary>What the names of scales end with.</summary>
    public const string ScalesEnding = ".scales";

    /// <summary>The sum of each column of a right-hand matrix [out].</summary>
    public float[] ColumnSums()
    {
        var (rows, columns) = ((int)Values.Shape[0], (int)Values.Shape[1]);
        var values = MemoryMarshal.Cast<byte, sbyte>(Values.Bytes);
        var sums = new int[columns];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                sums[column] += values[row * columns + column];
            }
        }

        return [.. sums.Zip(Scales.ToSingles(), (sum, scale) => sum * scale)];
    }

    /// <summary>The name of a matrix's quantized values in a file.</summary>
    public static string ValuesName(string weight) => weight + ".codes";

    /// <summary>What the names of column sums end with.</summary>
    public const string SumsEnding = ".sums";

    /// <summary>The name of a matrix's factors in a file.</summary>
    public static string FactorsName(string weight) => weight + FactorsEnding;

    /// <summary>The name of a matrix's scales in a file.</summary>
    public static string ScalesName(string weight) => weight + ScalesEnding;
}
