using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using MiCse.Files;
using MiCse.Tensors;
using Tensor = MiCse.Tensors.Tensor;

namespace MiCse.Weights;

/// <summary>A matrix [rows, columns] rounded to bytes, one scale a row: element = code · scale.</summary>
internal sealed class QuantizedMatrix
{
    /// <summary>The largest code: of a byte's 127 steps, what a table to read from can use.</summary>
    public const int StepsOfTable = 127;

    /// <summary>
    /// The largest code that may be multiplied. Processors without VNNI instructions add two products of an unsigned and a signed byte in 16 bits;
    /// 2 · 255 · 64 is within them, and integer products are exact everywhere.
    /// </summary>
    public const int StepsOfProduct = 64;

    private readonly string _name;
    private readonly sbyte[] _codes;
    private readonly float[] _scales;

    private QuantizedMatrix(string name, int rows, int columns)
    {
        _name = name;
        Rows = rows;
        Columns = columns;
        _codes = new sbyte[(long)rows * columns];
        _scales = new float[rows];
    }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>[rows, columns]</summary>
    public ReadOnlySpan<sbyte> Codes => _codes;

    /// <summary>[rows]</summary>
    public ReadOnlySpan<float> Scales => _scales;

    /// <summary>Quantises a matrix of a checkpoint, halves to even.</summary>
    /// <param name="tensor">The matrix.</param>
    /// <param name="steps">The code of a row's largest magnitude.</param>
    /// <exception cref="ModelFormatException">It holds a number that is not finite.</exception>
    public static QuantizedMatrix From(Tensor tensor, int steps)
    {
        var matrix = new QuantizedMatrix(tensor.Name, checked((int)tensor.Shape[0]), checked((int)tensor.Shape[1]));
        var values = tensor.ToSingles();
        for (var row = 0; row < matrix.Rows; row++)
        {
            var numbers = values.AsSpan(row * matrix.Columns, matrix.Columns);
            var most = TensorPrimitives.MaxMagnitude<float>(numbers);
            if (!float.IsFinite(most))
            {
                throw new ModelFormatException(tensor.Name, $"row {row} holds a number that is not finite, which cannot be rounded to a byte");
            }

            var scale = (most == 0 ? 1 : Math.Abs(most)) / steps;
            matrix._scales[row] = scale;
            var codes = matrix._codes.AsSpan(row * matrix.Columns, matrix.Columns);
            for (var column = 0; column < codes.Length; column++)
            {
                codes[column] = (sbyte)MathF.Round(numbers[column] / scale);
            }
        }

        return matrix;
    }

    /// <summary>As the second factor of a product: codes [columns, rows], scales [rows].</summary>
    public QuantizedWeight ToFactor() => new(
        new Tensor(QuantizedWeight.CodesOf(_name), TensorType.Int8, [Columns, Rows], MemoryMarshal.AsBytes<sbyte>(Transposed()).ToArray()),
        Tensor.From(QuantizedWeight.ScalesOf(_name), [Rows], _scales));

    /// <summary>As a table to read rows from: codes [rows, columns], scales [rows, 1].</summary>
    public QuantizedWeight ToTable() => new(
        new Tensor(QuantizedWeight.CodesOf(_name), TensorType.Int8, [Rows, Columns], MemoryMarshal.AsBytes(Codes).ToArray()),
        Tensor.From(QuantizedWeight.ScalesOf(_name), [Rows, 1], _scales));

    private sbyte[] Transposed()
    {
        // In tiles, since a column of a large matrix touches more memory than the processor's caches hold.
        const int tile = 64;
        var transposed = new sbyte[_codes.Length];
        for (var rows = 0; rows < Rows; rows += tile)
        {
            for (var columns = 0; columns < Columns; columns += tile)
            {
                for (var row = rows; row < Math.Min(rows + tile, Rows); row++)
                {
                    for (var column = columns; column < Math.Min(columns + tile, Columns); column++)
                    {
                        transposed[column * Rows + row] = _codes[row * Columns + column];
                    }
                }
            }
        }

        return transposed;
    }
}
