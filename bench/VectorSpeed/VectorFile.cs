using System.Runtime.InteropServices;
using MiCse.Files;
using MiCse.Numerics;
using MiCse.Vectors;

namespace MiCse.VectorSpeed;

/// <summary>Vectors as float32, one after the other, which Python reads too.</summary>
internal static class VectorFile
{
    public const int RowsPerTopic = 200;

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

    /// <summary>Rows of an endless sequence of directions that scatter around topics, and topics around broader ones.</summary>
    /// <param name="first">The first row.</param>
    /// <param name="count">How many.</param>
    /// <param name="dimensions">Length of a vector.</param>
    /// <param name="rows">Rows of the index, which has a topic for each <see cref="RowsPerTopic"/>; rows after them are queries.</param>
    public static EmbeddingMatrix Topics(int first, int count, int dimensions, int rows)
    {
        const float Spread = 0.8f, Narrow = 0.7f;
        const int TopicsTogether = 50;
        const long Seeds = 1L << 40; // of topics, beyond those of rows
        var vectors = Random(count, dimensions, first);
        Parallel.For(0, count, row =>
        {
            // Neighbours in the file are of different topics.
            var topic = new RandomSequence(-1 - (first + row)).Next(Math.Max(1, rows / RowsPerTopic));
            var (narrow, broad) = (Random(1, dimensions, Seeds + topic), Random(1, dimensions, (2 * Seeds) + (topic / TopicsTogether)));
            var vector = vectors[row];
            var squares = 0f;
            for (var dimension = 0; dimension < dimensions; dimension++)
            {
                vector[dimension] = (Spread * vector[dimension]) + (Narrow * narrow[0][dimension]) + broad[0][dimension];
                squares += vector[dimension] * vector[dimension];
            }

            foreach (ref var value in vector)
            {
                value /= MathF.Sqrt(squares);
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
