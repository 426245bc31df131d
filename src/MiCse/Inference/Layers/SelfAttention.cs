using System.Numerics.Tensors;
using MiCse.Numerics;

namespace MiCse.Inference.Layers;

/// <summary>Attention of the tokens of a text to each other: softmax(q · kᵀ / √size) · v for each head. Thread-safe.</summary>
/// <param name="hidden">Dimensions of a hidden state.</param>
/// <param name="heads">Heads; each has hidden / heads of them.</param>
internal sealed unsafe class SelfAttention(int hidden, int heads)
{
    // Rows of 4,096 bytes would compete for the same lines of the cache.
    private const int Gap = 16;

    private readonly int _size = hidden / heads;

    /// <summary>Computes a batch.</summary>
    /// <param name="batch">The texts.</param>
    /// <param name="firstOnly">Whether only the first token of a text attends: queries and context are [texts, hidden] then, else [tokens, hidden].</param>
    /// <param name="workspace">Queries, keys and values; the context is set.</param>
    /// <param name="team">The worker threads.</param>
    public void Apply(TransformerInput batch, bool firstOnly, Workspace workspace, Team team)
    {
        var rows = firstOnly ? batch.Count : batch.Tokens;
        workspace.Context.Reserve(rows);
        team.Share(batch.Count * heads, (from, to) =>
        {
            var scratch = workspace.TakeScratch();
            for (var item = from; item < to; item++)
            {
                ApplyHead(batch, item / heads, item % heads, firstOnly, workspace, scratch);
            }

            workspace.GiveBack(scratch);
        });
        team.Share(rows, (from, to) =>
        {
            for (var row = from; row < to; row++)
            {
                workspace.Context.Complete(row, workspace.Context.Row(row));
            }
        });
    }

    private void ApplyHead(TransformerInput batch, int text, int head, bool firstOnly, Workspace workspace, AttentionScratch scratch)
    {
        var (start, tokens) = (batch.Starts[text], batch.Length(text));
        var (firstQuery, queries) = firstOnly ? (text, 1) : (start, tokens);
        var keysAndValues = workspace.KeysAndValues;
        var keys = keysAndValues.Floats + start * keysAndValues.Stride + head * _size;
        scratch.Keys.Reserve(Panels.Size(_size, tokens));
        Panels.PackTransposed(keys, keysAndValues.Stride, _size, tokens, scratch.Keys.Pointer);

        var scores = Reserve(scratch.Scores, queries, tokens, out var scoreStride);
        Panels.Multiply(
            workspace.Queries.Floats + firstQuery * workspace.Queries.Stride + head * _size, workspace.Queries.Stride, queries,
            scratch.Keys.Pointer, _size, tokens, null, scores, scoreStride, 0, Panels.Count(tokens));
        var mask = batch.Mask(text);
        Span<float> sums = queries <= 512 ? stackalloc float[queries] : new float[queries];
        for (var query = 0; query < queries; query++)
        {
            sums[query] = Softmax.Unscaled(new Span<float>(scores + query * scoreStride, tokens), 1 / MathF.Sqrt(_size), mask);
        }

        var context = Reserve(scratch.Context, queries, _size, out var contextStride);
        Panels.MultiplyUnpacked(scores, scoreStride, queries, keys + hidden, keysAndValues.Stride, tokens, _size, context, contextStride);
        for (var query = 0; query < queries; query++)
        {
            TensorPrimitives.Multiply(
                new ReadOnlySpan<float>(context + query * contextStride, _size), 1 / sums[query],
                workspace.Context.Row(firstQuery + query).Slice(head * _size, _size));
        }
    }

    private static float* Reserve(AlignedMemory<float> product, int rows, int columns, out nint stride)
    {
        stride = Panels.Padded(columns) + Gap;
        product.Reserve((rows + TileKernel.Rows) * stride);
        return product.Pointer;
    }
}
