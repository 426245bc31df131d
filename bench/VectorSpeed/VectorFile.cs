using System.Runtime.InteropServices;
using MiCse.Files;
using MiCse.Numerics;
using MiCse.Vectors;

namespace MiCse.VectorSpeed;

/// <summary>Vectors as float32, one after the other, which Python reads too.</summary>
internal static class VectorFile
{
    public static EmbeddingMatrix Read(string path, int dimensions)
    {
        var bytes = new FileInfo(path).Length;
        var vectors = new EmbeddingMatrix((int)(bytes / dimensions / sizeof(float)), dimensions);
        using var file = File.OpenRead(path);
        for (var row = 0; row < vectors.Count; row++)
        {
            file.ReadExactly(MemoryMarshal.AsBytes(vectors[row]));
        }

        return vectors;
    }

    /// <summary>Encodes texts, unless they were already.</summary>
    public static EmbeddingMatrix Encode(string path, string model, IEnumerable<string> texts)
    {
        using var encoder = SentenceEncoder.Load(model);
        if (!File.Exists(path))
        {
            Write(path, encoder.Encode([.. texts]).Embeddings);
        }

        return Read(path, encoder.Dimensions);
    }

    /// <summary>Random directions: normal numbers (Box and Muller), scaled to length 1.</summary>
    public static EmbeddingMatrix Random(int count, int dimensions, long seed)
    {
        var vectors = new EmbeddingMatrix(count, dimensions);
        Parallel.For(0, count, row =>
        {
            var random = new RandomSequence(seed + row);
            var vector = vectors[row];
            var squares = 0.0;
            foreach (ref var value in vector)
            {
                value = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
                squares += value * value;
            }

            foreach (ref var value in vector)
            {
                value /= (float)Math.Sqrt(squares);
            }
        });
        return vectors;
    }

    public static void Write(string path, EmbeddingMatrix vectors) => AtomicFile.Write(path, file =>
    {
        for (var row = 0; row < vectors.Count; row++)
        {
            file.Write(MemoryMarshal.AsBytes(vectors[row]));
        }
    });
}
