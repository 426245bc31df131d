using MiCse.Training.Model;
using MiCse.Training.Native;
using MiCse.Vectors;
using static TorchSharp.torch;

namespace MiCse.Training.Distillation;

/// <summary>
/// Brings a teacher's embeddings to the student's dimensions. More than the student has: the projection onto their main directions (principal components about the
/// origin), which of all projections keeps the most of dot products. Fewer: zeros are appended, which keeps all. So the student needs no layer of its own for it.
/// </summary>
internal static class TeacherProjection
{
    private const int MostRows = 32_768;
    private const int RowsPerProduct = 4096;

    /// <summary>Embeddings in the given dimensions; the same matrix where it has them.</summary>
    public static EmbeddingMatrix To(int dimensions, EmbeddingMatrix embeddings)
    {
        if (embeddings.Dimensions == dimensions)
        {
            return embeddings;
        }

        return embeddings.Dimensions < dimensions ? Padded(dimensions, embeddings) : LibTorch.RunExclusively(() => Project(dimensions, embeddings));
    }

    private static EmbeddingMatrix Padded(int dimensions, EmbeddingMatrix embeddings)
    {
        var padded = new EmbeddingMatrix(embeddings.Count, dimensions);
        for (var row = 0; row < embeddings.Count; row++)
        {
            embeddings[row].CopyTo(padded[row]);
        }

        return padded;
    }

    private static EmbeddingMatrix Project(int dimensions, EmbeddingMatrix embeddings)
    {
        using var one = new ThreadCount(1); // The same bits on any machine's number of cores.
        using var scope = NewDisposeScope();
        using var inference = inference_mode();
        var unit = UnitRows.Of(embeddings);
        var stride = Math.Max(1, embeddings.Count / MostRows);
        var products = zeros([embeddings.Dimensions, embeddings.Dimensions], ScalarType.Float64);
        foreach (var chunk in Enumerable.Range(0, embeddings.Count).Where(row => row % stride == 0).Chunk(RowsPerProduct))
        {
            using var inner = NewDisposeScope();
            var rows = Rows(unit, chunk).to(ScalarType.Float64); // [rows, teacher]
            products.add_(rows.t().matmul(rows));
        }

        var (_, directions) = linalg.eigh(products); // Columns, by ascending eigenvalue.
        var basis = directions.flip(1).narrow(1, 0, dimensions).to(ScalarType.Float32).contiguous(); // [teacher, student]
        var projected = new EmbeddingMatrix(embeddings.Count, dimensions);
        foreach (var chunk in Enumerable.Range(0, embeddings.Count).Chunk(RowsPerProduct))
        {
            using var inner = NewDisposeScope();
            HostMemory.CopyTo(Rows(embeddings, chunk).matmul(basis), projected.Values.Slice(chunk[0] * dimensions, chunk.Length * dimensions));
        }

        return projected;
    }

    private static Tensor Rows(EmbeddingMatrix embeddings, int[] rows)
    {
        var values = new float[rows.Length * embeddings.Dimensions];
        for (var index = 0; index < rows.Length; index++)
        {
            embeddings[rows[index]].CopyTo(values.AsSpan(index * embeddings.Dimensions));
        }

        return tensor(values, [rows.Length, embeddings.Dimensions]);
    }
}
