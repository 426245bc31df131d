using System.Buffers;
using System.Numerics.Tensors;
using MiCse.Numerics;
using MiCse.Vectors;

namespace MiCse.Clustering;

/// <summary>
/// Which rows have a cosine of at least a threshold. All pairs are compared once, block by block. Short lists of neighbours are kept; a row with a long
/// one only keeps its length, and the list is computed again when it is asked for, so that memory grows with the rows and not with the pairs.
/// </summary>
internal sealed class SimilarityGraph
{
    private const int LongestKept = 128;
    private const int RowsAtATime = 24;
    private const float Rounding = 1e-6f;

    private readonly EmbeddingMatrix _unit;
    private readonly float _threshold;
    private readonly int[] _degrees;
    private readonly List<int>?[] _lists;
    private readonly Lock _gate = new();

    private SimilarityGraph(EmbeddingMatrix unit, double minScore)
    {
        _unit = unit;
        _threshold = (float)minScore - Rounding;
        _degrees = new int[unit.Count];
        _lists = new List<int>?[unit.Count];
    }

    /// <summary>Compares all pairs.</summary>
    /// <param name="unit">Rows of length 1 or 0.</param>
    /// <param name="minScore">The least cosine of neighbours.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    /// <param name="progress">Receives the share of pairs compared.</param>
    public static SimilarityGraph Build(EmbeddingMatrix unit, double minScore, ParallelOptions parallel, IProgress<double>? progress)
    {
        var graph = new SimilarityGraph(unit, minScore);
        var blocks = RowBlocks.Count(unit);
        var done = 0L;
        ParallelLoop.For(0, blocks, parallel, first =>
        {
            for (var second = first; second < blocks; second++)
            {
                parallel.CancellationToken.ThrowIfCancellationRequested();
                graph.Compare(first, second);
            }

            var pairs = Interlocked.Add(ref done, blocks - first);
            progress?.Report(pairs / (blocks * (blocks + 1.0) / 2));
        });
        foreach (var list in graph._lists)
        {
            // Threads come in any order.
            list?.Sort();
        }

        return graph;
    }

    /// <summary>How many neighbours a row has, itself not counted.</summary>
    public int Degree(int row) => _degrees[row];

    /// <summary>The neighbours of rows, each list in ascending order; of a long list at least those that are wanted.</summary>
    public IReadOnlyList<int>[] Neighbors(IReadOnlyList<int> rows, Func<int, bool> wanted, ParallelOptions parallel)
    {
        int[] computed = [.. rows.Where(row => _degrees[row] > LongestKept)];
        var lists = Compute(computed, wanted, parallel);
        return [.. rows.Select(row => Array.IndexOf(computed, row) is >= 0 and var place ? lists[place] : _lists[row] ?? [])];
    }

    private void Compare(int firstBlock, int secondBlock)
    {
        var (firstStart, firstCount) = RowBlocks.At(_unit, firstBlock);
        var (secondStart, secondCount) = RowBlocks.At(_unit, secondBlock);
        var second = RowBlocks.Values(_unit, secondStart, secondCount);
        Span<int> firstDegrees = stackalloc int[firstCount];
        Span<int> secondDegrees = stackalloc int[secondCount];
        firstDegrees.Clear();
        secondDegrees.Clear();
        var edges = new List<(int Row, int Neighbor)>();
        var products = ArrayPool<float>.Shared.Rent(RowsAtATime * secondCount);
        for (var start = 0; start < firstCount; start += RowsAtATime)
        {
            var count = Math.Min(RowsAtATime, firstCount - start);
            var rows = RowBlocks.Values(_unit, firstStart + start, count);
            DotProducts.Compute(rows, second, _unit.Dimensions, products);
            for (var i = start; i < start + count; i++)
            {
                var cosines = products.AsSpan((i - start) * secondCount, secondCount);
                if (TensorPrimitives.Max<float>(cosines) < _threshold)
                {
                    continue;
                }

                for (var j = firstBlock == secondBlock ? i + 1 : 0; j < secondCount; j++)
                {
                    if (cosines[j] >= _threshold)
                    {
                        firstDegrees[i]++;
                        secondDegrees[j]++;
                        AddEdge(edges, firstStart + i, secondStart + j);
                        AddEdge(edges, secondStart + j, firstStart + i);
                    }
                }
            }
        }

        ArrayPool<float>.Shared.Return(products);
        lock (_gate)
        {
            AddDegrees(firstStart, firstDegrees);
            AddDegrees(secondStart, secondDegrees);
            AddToLists(edges);
        }
    }

    // What is known to be long already needs no more entries; who sees that late only does more work.
    private void AddEdge(List<(int Row, int Neighbor)> edges, int row, int neighbor)
    {
        if (Volatile.Read(ref _degrees[row]) <= LongestKept)
        {
            edges.Add((row, neighbor));
        }
    }

    private void AddDegrees(int start, Span<int> degrees)
    {
        for (var i = 0; i < degrees.Length; i++)
        {
            _degrees[start + i] += degrees[i];
        }
    }

    private void AddToLists(List<(int Row, int Neighbor)> edges)
    {
        foreach (var (row, neighbor) in edges)
        {
            if (_degrees[row] > LongestKept)
            {
                _lists[row] = null;
            }
            else
            {
                (_lists[row] ??= []).Add(neighbor);
            }
        }
    }

    private List<int>[] Compute(int[] rows, Func<int, bool> wanted, ParallelOptions parallel)
    {
        var centers = new EmbeddingMatrix(rows.Length, _unit.Dimensions);
        for (var i = 0; i < rows.Length; i++)
        {
            _unit[rows[i]].CopyTo(centers[i]);
        }

        var found = new List<(int Center, int Row)>?[RowBlocks.Count(_unit)];
        ParallelLoop.For(0, rows.Length == 0 ? 0 : found.Length, parallel, block => found[block] = Compute(rows, centers, block, wanted));
        var lists = Array.ConvertAll(rows, _ => new List<int>());
        foreach (var (center, row) in found.SelectMany(pairs => pairs ?? []))
        {
            lists[center].Add(row);
        }

        return lists;
    }

    private List<(int Center, int Row)>? Compute(int[] rows, EmbeddingMatrix centers, int block, Func<int, bool> wanted)
    {
        var (start, count) = RowBlocks.At(_unit, block);
        if (!Enumerable.Range(start, count).Any(wanted))
        {
            return null;
        }

        var pairs = new List<(int Center, int Row)>();
        RowBlocks.Multiply(_unit, centers, block, (_, _, products) =>
        {
            for (var i = 0; i < count; i++)
            {
                for (var center = 0; center < rows.Length; center++)
                {
                    if (products[(i * rows.Length) + center] >= _threshold && rows[center] != start + i && wanted(start + i))
                    {
                        pairs.Add((center, start + i));
                    }
                }
            }
        });
        return pairs;
    }
}
