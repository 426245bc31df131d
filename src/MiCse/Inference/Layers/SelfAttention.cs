using System.Numerics.Tensors;
using MiCse.Models;
using MiCse.Numerics;

namespace MiCse.Inference.Layers;

/// <summary>
/// Attention of the tokens of a text to each other: softmax(q · kᵀ / √size) · v for each head, with rotation, bias and window as the plan of the layer has them.
/// Thread-safe.
/// </summary>
internal sealed unsafe class SelfAttention
{
    // Rows of 4,096 bytes would compete for the same lines of the cache.
    private const int Gap = 16;

    // Queries at a time in a window, for which there are as many keys and a window to each side.
    private const int QueriesInWindow = 64;

    // Scores at a time, beyond which a text's queries are taken a part at a time.
    private const int MostScores = 512 * 512;

    private readonly int _hidden;
    private readonly int _heads;
    private readonly int _size;
    private readonly int _layer;
    private readonly int? _window;
    private readonly Rotation? _rotation;
    private readonly DistanceBias? _bias;

    /// <param name="config">The encoder's shape.</param>
    /// <param name="layer">Which layer, 0-based.</param>
    /// <param name="rotation">Turns queries and keys; null: they are not turned.</param>
    /// <param name="bias">Is added to scores; null: nothing is.</param>
    public SelfAttention(EncoderShape config, int layer, Rotation? rotation, DistanceBias? bias)
    {
        (_hidden, _heads, _size, _layer) = (config.HiddenSize, config.Heads, config.HeadSize, layer);
        _window = config.Plan.Window?.Invoke(layer);
        (_rotation, _bias) = (rotation, bias);
    }

    /// <summary>What is done to the rows of queries or keys before they attend; null: nothing.</summary>
    /// <param name="batch">The texts.</param>
    /// <param name="firstOnly">Whether a row is the first token of a text.</param>
    public RowOperation? Preparation(TransformerInput batch, bool firstOnly) => _rotation?.Of(_layer, batch, firstOnly);

    /// <summary>Computes a batch.</summary>
    /// <param name="batch">The texts.</param>
    /// <param name="firstOnly">Whether only the first token of a text attends: queries and context are [texts, hidden] then, else [tokens, hidden].</param>
    /// <param name="workspace">Queries, keys and values; the context is set.</param>
    /// <param name="team">The worker threads.</param>
    public void Apply(TransformerInput batch, bool firstOnly, Workspace workspace, Team team)
    {
        var rows = firstOnly ? batch.Count : batch.Tokens;
        workspace.Context.Reserve(rows);
        team.Share(batch.Count * _heads, (from, to) =>
        {
            var scratch = workspace.TakeScratch();
            for (var item = from; item < to; item++)
            {
                ApplyHead(batch, item / _heads, item % _heads, firstOnly, workspace, scratch);
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
        var window = _window is { } width && width < tokens - 1 ? width : tokens;
        var packed = firstOnly ? Math.Min(tokens, window + 1) : tokens;
        scratch.Keys.Reserve(Panels.Size(_size, packed));
        Panels.PackTransposed(keys, keysAndValues.Stride, _size, packed, scratch.Keys.Pointer);

        // What is computed of a query does not depend on those beside it, so parts of any size give the same bytes.
        var part = window < tokens ? QueriesInWindow : Math.Max(QueriesInWindow, MostScores / tokens);
        for (var query = 0; query < queries; query += part)
        {
            ApplyPart(batch.Mask(text), firstQuery, query, Math.Min(part, queries - query), packed, window, head, keys, workspace, scratch);
        }
    }

    /// <summary>Some queries of a head.</summary>
    /// <param name="mask">The mask of the text.</param>
    /// <param name="firstRow">The row of the text's first query.</param>
    /// <param name="first">Place of the first of the queries.</param>
    /// <param name="count">Queries.</param>
    /// <param name="tokens">Keys that are packed.</param>
    /// <param name="window">How far from a query its keys are.</param>
    /// <param name="head">The head.</param>
    /// <param name="keys">The head's part of the text's first key.</param>
    /// <param name="workspace">Queries, keys and values, and the context.</param>
    /// <param name="scratch">The keys, and room.</param>
    private void ApplyPart(
        ReadOnlySpan<int> mask, int firstRow, int first, int count, int tokens, int window, int head, float* keys, Workspace workspace, AttentionScratch scratch)
    {
        var (from, to) = (Math.Max(0, first - window), Math.Min(tokens, first + count + window));
        var (firstPanel, lastPanel) = (Panels.Of(from, tokens), Panels.Of(to - 1, tokens));
        var (queries, keysAndValues) = (workspace.Queries, workspace.KeysAndValues);
        var origin = Panels.Start(firstPanel, tokens);
        var scores = Reserve(scratch.Scores, count, Panels.Start(lastPanel + 1, tokens) - origin, out var scoreStride) - origin; // by place of the key
        Panels.Multiply(
            queries.Floats + (firstRow + first) * queries.Stride + head * _size, queries.Stride, count,
            scratch.Keys.Pointer, _size, tokens, null, scores, scoreStride, firstPanel, lastPanel + 1);
        Span<float> sums = count <= 512 ? stackalloc float[count] : new float[count];
        for (var query = 0; query < count; query++)
        {
            var row = scores + query * scoreStride;
            sums[query] = window < tokens || _bias is not null
                ? WeighInWindow(mask, first + query, from, to, window, head, row)
                : Softmax.Unscaled(new Span<float>(row, tokens), 1 / MathF.Sqrt(_size), mask);
        }

        if (workspace.Maps is { } maps)
        {
            for (var query = 0; query < count; query++)
            {
                var row = maps.Row(_layer, head, first + query)[from..to];
                TensorPrimitives.Multiply(new ReadOnlySpan<float>(scores + query * scoreStride + from, to - from), 1 / sums[query], row);
            }
        }

        var context = Reserve(scratch.Context, count, _size, out var contextStride);
        Panels.MultiplyUnpacked(
            scores + from, scoreStride, count, keys + _hidden + from * keysAndValues.Stride, keysAndValues.Stride, to - from, _size, context, contextStride);
        for (var query = 0; query < count; query++)
        {
            TensorPrimitives.Multiply(
                new ReadOnlySpan<float>(context + query * contextStride, _size), 1 / sums[query],
                workspace.Context.Row(firstRow + first + query).Slice(head * _size, _size));
        }
    }

    /// <summary>Makes weights of the scores of a query, by place of the key: those between <paramref name="from"/> and <paramref name="to"/>, of which those beyond the window become 0.</summary>
    private float WeighInWindow(ReadOnlySpan<int> mask, int query, int from, int to, int window, int head, float* scores)
    {
        var (left, right) = (Math.Max(from, query - window), Math.Min(to, query + window + 1));
        new Span<float>(scores + from, left - from).Clear();
        new Span<float>(scores + right, to - right).Clear();
        var visible = new Span<float>(scores + left, right - left);
        _bias?.AddTo(head, query, left, visible);
        return Softmax.Unscaled(visible, 1 / MathF.Sqrt(_size), mask.IsEmpty ? mask : mask[left..right]);
    }

    private static float* Reserve(AlignedMemory<float> product, int rows, int columns, out nint stride)
    {
        stride = Panels.Padded(columns) + Gap;
        product.Reserve((rows + TileKernel.Rows) * stride);
        return product.Pointer;
    }
}
