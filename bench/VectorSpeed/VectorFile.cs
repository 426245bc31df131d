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

    /// <summary>The topics of an index: one for each <see cref="RowsPerTopic"/> rows, around broader ones.</summary>
    public static EmbeddingMatrix Topics(int rows, int dimensions)
    {
        const float Narrow = 0.7f;
        const int TopicsTogether = 50;
        const long Seeds = 1L << 40; // beyond those of rows
        var topics = Random(Math.Max(1, rows / RowsPerTopic), dimensions, Seeds);
        var broad = Random((topics.Count / TopicsTogether) + 1, dimensions, 2 * Seeds);
        for (var topic = 0; topic < topics.Count; topic++)
        {
            for (var dimension = 0; dimension < dimensions; dimension++)
            {
                topics[topic][dimension] = (Narrow * topics[topic][dimension]) + broad[topic / TopicsTogether][dimension];
            }
        }

        return topics;
    }

    /// <summary>Rows of an endless sequence of directions that scatter around topics; neighbours are of different ones.</summary>
    /// <param name="first">The first row; those after the rows of an index are queries.</param>
    /// <param name="count">How many.</param>
    /// <param name="topics">The topics.</param>
    public static EmbeddingMatrix Around(int first, int count, EmbeddingMatrix topics)
    {
        const float Spread = 0.8f;
        var vectors = Random(count, topics.Dimensions, first);
        Parallel.For(0, count, row =>
        {
            var topic = topics[new RandomSequence(-1 - (first + row)).Next(topics.Count)];
            var vector = vectors[row];
            var squares = 0f;
            for (var dimension = 0; dimension < topic.Length; dimension++)
            {
                vector[dimension] = (Spread * vector[dimension]) + topic[dimension];
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
