using System.Runtime.InteropServices;
using MiCse.Files;
using MiCse.Vectors;

namespace MiCse.Data.Shards;

/// <summary>Puts the parts of a sharded encoding together.</summary>
internal static class ShardMerge
{
    private const int BlockBytes = 1 << 20;

    /// <summary>Writes all parts, one after the other, as one file: byte for byte what one process would have written.</summary>
    /// <param name="folder">The folder, whose parts are all done.</param>
    /// <param name="parts">What is known of them, in their order.</param>
    /// <param name="type">The numbers in them.</param>
    /// <param name="path">The file; .npy or .safetensors.</param>
    /// <param name="progress">Receives the number of rows done.</param>
    /// <param name="cancellationToken">Stops; nothing is left.</param>
    /// <exception cref="DataFormatException">A part is damaged.</exception>
    public static void Write(
        ShardFolder folder, IReadOnlyList<ShardPart> parts, EmbeddingType type, string path, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var width = Width(folder.Plan, type);
        using var file = AtomicFile.Create(path);
        using var format = path.EndsWith(".npy", StringComparison.OrdinalIgnoreCase)
            ? NpyEmbeddings.Create(file.Stream, width, type)
            : SafetensorsEmbeddings.Create(file.Stream, width, type);
        try
        {
            Read(folder, parts, type, (block, rows) =>
            {
                file.Stream.Write(block);
                progress?.Report(rows);
            }, cancellationToken);
            format.Finish(folder.Plan.Rows);
        }
        catch (Exception failure) when (WriteFailure.IsOfDisk(failure))
        {
            throw WriteFailure.Explain(path, failure);
        }

        file.Commit();
    }

    /// <summary>Reads the embeddings of all parts in blocks of whole rows.</summary>
    /// <param name="folder">The folder, whose parts are all done.</param>
    /// <param name="parts">What is known of them, in their order.</param>
    /// <param name="take">Gets rows of float32, and how many there were with these.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    /// <exception cref="DataFormatException">A part is damaged; what was taken is not to be used.</exception>
    public static void Read(ShardFolder folder, IReadOnlyList<ShardPart> parts, TakeRows take, CancellationToken cancellationToken) =>
        Read(folder, parts, EmbeddingType.Float32, (block, rows) => take(MemoryMarshal.Cast<byte, float>(block), rows), cancellationToken);

    private static void Read(ShardFolder folder, IReadOnlyList<ShardPart> parts, EmbeddingType type, TakeBytes take, CancellationToken cancellationToken)
    {
        var rowBytes = (type == EmbeddingType.Float32 ? sizeof(float) : 1) * Width(folder.Plan, type);
        var buffer = new byte[Math.Max(1, BlockBytes / rowBytes) * rowBytes];
        var rows = 0L;
        foreach (var part in parts)
        {
            var path = folder.PartPath(part.Shard);
            using var reader = new PartReader(path, cancellationToken);
            reader.Read(buffer.AsSpan(0, NpyEmbeddings.HeaderLength));
            for (var left = part.Rows * rowBytes; left > 0;)
            {
                var block = buffer.AsSpan(0, (int)Math.Min(buffer.Length, left));
                if (reader.Read(block) < block.Length)
                {
                    break;
                }

                rows += block.Length / rowBytes;
                left -= block.Length;
                take(block, rows);
            }

            reader.SkipRest();
            if ((reader.Bytes, reader.Checksum) != (part.Bytes, part.Checksum) || part.Bytes != NpyEmbeddings.HeaderLength + part.Rows * rowBytes)
            {
                throw new DataFormatException(path, null, $"is not what its task wrote; run shard {part.Shard} again.");
            }
        }
    }

    private static int Width(ShardPlan plan, EmbeddingType type) =>
        type == EmbeddingType.Float32 ? plan.Encoding.Dimensions : EmbeddingQuantization.ByteCount(type, plan.Encoding.Dimensions);

    /// <summary>Takes rows.</summary>
    public delegate void TakeRows(ReadOnlySpan<float> values, long rows);

    private delegate void TakeBytes(ReadOnlySpan<byte> block, long rows);
}
