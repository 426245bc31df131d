using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using MiCse.Files;
using MiCse.Numerics;
using MiCse.Tensors;
using Tensor = MiCse.Tensors.Tensor;

namespace MiCse.Weights;

/// <summary>A matrix [rows, columns] quantized to int8, one scale a row: element = value · scale.</summary>
internal sealed class QuantizedMatrix
{
    /// <summary>The largest quantized value of a table that is read only: all 127 levels of a signed byte.</summary>
    public const int TableLevels = 127;

    /// <summary>
    /// The largest quantized value of a matrix that is multiplied on this processor: all 127 levels, or 64 where two products of an unsigned and a signed byte are added
    /// in 16 bits (<see cref="BytePairs"/>): 2 · 255 · 64 is within them.
    /// </summary>
    public static int MatMulLevels { get; } = BytePairs.Saturate ? BytePairs.Largest / 2 : TableLevels;

    private readonly string _name;
    private readonly sbyte[] _values;
    private readonly float[] _scales;

    private QuantizedMatrix(string name, int rows, int columns)
    {
        _name = name;
        Rows = rows;
        Columns = columns;
        _values = new sbyte[(long)rows * columns];
        _scales = new float[rows];
    }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>[rows, columns]</summary>
    public ReadOnlySpan<sbyte> Values => _values;

    /// <summary>[rows]</summary>
    public ReadOnlySpan<float> Scales => _scales;

    /// <summary>Quantizes a matrix of a checkpoint, halves to even.</summary>
    /// <param name="tensor">The matrix.</param>
    /// <param name="levels">The quantized value of a row's largest magnitude.</param>
    /// <param name="source">The file that a message names.</param>
    /// <param name="factors">What the columns are divided by first; null: nothing.</param>
    /// <exception cref="ModelFormatException">It holds a number that is not finite.</exception>
    public static QuantizedMatrix From(Tensor tensor, int levels, string source, ReadOnlySpan<float> factors = default)
    {
        var matrix = new QuantizedMatrix(tensor.Name, checked((int)tensor.Shape[0]), checked((int)tensor.Shape[1]));
        var elements = tensor.ToSingles();
        for (var row = 0; row < matrix.Rows; row++)
        {
            var floats = elements.AsSpan(row * matrix.Columns, matrix.Columns);
            if (!factors.IsEmpty)
            {
                TensorPrimitives.Divide(floats, factors, floats);
            }

            var most = TensorPrimitives.MaxMagnitude<float>(floats);
            if (!float.IsFinite(most))
            {
                throw new ModelFormatException(source, $"row {row} of '{tensor.Name}' holds a number that is not finite, so it cannot be quantized to int8; fetch or train the model again");
            }

            var scale = (most == 0 ? 1 : Math.Abs(most)) / levels;
            matrix._scales[row] = scale;
            var quantized = matrix._values.AsSpan(row * matrix.Columns, matrix.Columns);
            for (var column = 0; column < quantized.Length; column++)
            {
                quantized[column] = (sbyte)MathF.Round(floats[column] / scale);
            }
        }

        return matrix;
    }

    /// <summary>As the right-hand matrix of a multiplication: values [columns, rows], scales [rows].</summary>
    public QuantizedWeight ToRightHandMatrix() => new(
        new Tensor(QuantizedWeight.ValuesName(_name), TensorType.Int8, [Columns, Rows], MemoryMarshal.AsBytes<sbyte>(Transposed()).ToArray()),
        Tensor.From(QuantizedWeight.ScalesName(_name), [Rows], _scales));

    /// <summary>As a table to read rows from: values [rows, columns], scales [rows, 1].</summary>
    public QuantizedWeight ToTable() => new(
        new Tensor(QuantizedWeight.ValuesName(_name), TensorType.Int8, [Rows, Columns], MemoryMarshal.AsBytes(Values).ToArray()),
        Tensor.From(QuantizedWeight.ScalesName(_name), [Rows, 1], _scales));

    private sbyte[] Transposed()
    {
        // In tiles, since a column of a large matrix touches more memory than the processor's caches hold.
        const int tile = 64;
        var transposed = new sbyte[_values.Length];
        for (var rows = 0; rows < Rows; rows += tile)
        {
            for (var columns = 0; columns < Columns; columns += tile)
            {
                for (var row = rows; row < Math.Min(rows + tile, Rows); row++)
                {
                    for (var column = columns; column < Math.Min(columns + tile, Columns); column++)
                    {
                        transposed[column * Rows + row] = _values[row * Columns + column];
                    }
                }
            }
        }

        return transposed;
    }
}
