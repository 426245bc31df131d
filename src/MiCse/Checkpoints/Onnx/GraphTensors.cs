using System.Runtime.InteropServices;
using MiCse.Tensors;

namespace MiCse.Checkpoints.Onnx;

/// <summary>Matrices of a graph in the layout of a checkpoint; made when they are asked for.</summary>
internal static class GraphTensors
{
    /// <summary>[in, out] → [out, in]</summary>
    public static Tensor Transposed(Tensor matrix)
    {
        var (rows, columns) = ((int)matrix.Shape[0], (int)matrix.Shape[1]);
        return new Tensor(matrix.Name, TensorType.Float32, [columns, rows], stream =>
        {
            var source = matrix.ToSingles();
            var target = new float[source.Length];
            // In tiles, since a column of a large matrix touches more memory than the processor's caches hold.
            const int tile = 32;
            for (var top = 0; top < rows; top += tile)
            {
                for (var left = 0; left < columns; left += tile)
                {
                    for (var row = top; row < Math.Min(top + tile, rows); row++)
                    {
                        for (var column = left; column < Math.Min(left + tile, columns); column++)
                        {
                            target[column * rows + row] = source[row * columns + column];
                        }
                    }
                }
            }

            stream.Write(MemoryMarshal.AsBytes<float>(target));
        });
    }

    /// <summary>One of several equal parts of the columns of a matrix.</summary>
    public static Tensor Columns(Tensor matrix, int part, int parts)
    {
        var (rows, columns) = ((int)matrix.Shape[0], (int)matrix.Shape[1]);
        var width = columns / parts;
        var source = matrix.ToSingles();
        var target = new float[rows * width];
        for (var row = 0; row < rows; row++)
        {
            source.AsSpan(row * columns + part * width, width).CopyTo(target.AsSpan(row * width));
        }

        return Tensor.From(matrix.Name, [rows, width], target);
    }

    /// <summary>One of several equal parts of a vector.</summary>
    public static Tensor Part(Tensor vector, int part, int parts)
    {
        var width = (int)vector.Shape[0] / parts;
        return Tensor.From(vector.Name, [width], vector.ToSingles().AsMemory(part * width, width));
    }
}
