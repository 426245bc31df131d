using System.Runtime.InteropServices;
using MiCse.Clustering;
using MiCse.Vectors;

namespace MiCse.Search.Files;

/// <summary>Divides rows into cells: centres are those of k-means on a sample, a row belongs to the nearest. The same rows give the same cells, on any number of threads.</summary>
internal sealed class CellDivision
{
    // What k-means learns from more rows or iterations does not show in the recall.
    private const int SampledRowsPerCell = 40;
    private const int Iterations = 8;
    private const int RowsAtATime = 8_192;
    private const int CellsPerRoot = 4;

    private readonly List<(Segment Segment, int Row)> _rows;
    private readonly int[] _order;

    private CellDivision(List<(Segment Segment, int Row)> rows, int[] order, EmbeddingMatrix centers, int[] bounds) =>
        (_rows, _order, Centers, Bounds) = (rows, order, centers, bounds);

    /// <summary>One a cell.</summary>
    public EmbeddingMatrix Centers { get; }

    /// <summary>The first row of each cell, and the number of rows.</summary>
    public int[] Bounds { get; }

    /// <summary>The rows, cell after cell.</summary>
    public IEnumerable<(Segment Segment, int Row)> Rows => _order.Select(row => _rows[row]);

    /// <summary>As many cells as make the centres and a few cells cost about the same: four times the root of the number of rows.</summary>
    public static int UsualCells(int rows) => (int)Math.Clamp(CellsPerRoot * Math.Sqrt(rows), 1, 65_536);

    /// <summary>Divides the rows of some segments that were not removed.</summary>
    /// <param name="segments">The segments; at least one row.</param>
    /// <param name="cells">How many cells.</param>
    /// <param name="progress">Receives the number of rows that have a cell.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static CellDivision Of(IEnumerable<Segment> segments, int cells, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var rows = segments.SelectMany(segment => Enumerable.Range(0, segment.Rows).Where(row => !segment.Removed.Contains(row)).Select(row => (segment, row))).ToList();
        var sampled = (int)Math.Min(rows.Count, (long)SampledRowsPerCell * cells);
        var sample = UnitRows.Of(Matrix(rows, Spread(sampled, rows.Count)));
        var parallel = new ParallelOptions { CancellationToken = cancellationToken };
        var centers = Centre(sample, Math.Min(cells, sampled), parallel);
        var cellOf = new int[rows.Count];
        for (var first = 0; first < rows.Count; first += RowsAtATime)
        {
            var some = Enumerable.Range(first, Math.Min(RowsAtATime, rows.Count - first)).ToArray();
            var nearest = new LloydAlgorithm(UnitRows.Of(Matrix(rows, some)), centers, parallel);
            nearest.Assign();
            nearest.Assignments.CopyTo(cellOf, first);
            progress?.Report(first + some.Length);
        }

        var bounds = new int[centers.Count + 1];
        foreach (var cell in cellOf)
        {
            bounds[cell + 1]++;
        }

        for (var cell = 0; cell < centers.Count; cell++)
        {
            bounds[cell + 1] += bounds[cell];
        }

        var order = Enumerable.Range(0, rows.Count).ToArray();
        Array.Sort(cellOf, order); // not stable, hence:
        for (var cell = 0; cell < centers.Count; cell++)
        {
            order.AsSpan(bounds[cell]..bounds[cell + 1]).Sort();
        }

        return new CellDivision(rows, order, centers, bounds);
    }

    /// <summary>The centres as bytes.</summary>
    public ReadOnlySpan<byte> CenterBytes => MemoryMarshal.AsBytes(Centers.Values);

    /// <summary>Centres that start as rows all over the sample: the start of k-means++ reads it once a cell, and shows in the recall no more than iterations do.</summary>
    private static EmbeddingMatrix Centre(EmbeddingMatrix sample, int cells, ParallelOptions parallel)
    {
        var centers = new EmbeddingMatrix(cells, sample.Dimensions);
        foreach (var (cell, row) in Spread(cells, sample.Count).Index())
        {
            sample[row].CopyTo(centers[cell]);
        }

        var lloyd = new LloydAlgorithm(sample, centers, parallel);
        for (var iteration = 0; iteration < Iterations && lloyd.Assign(); iteration++)
        {
            lloyd.MoveCenters();
        }

        return lloyd.Centers;
    }

    private static int[] Spread(int count, int rows) => [.. Enumerable.Range(0, count).Select(number => (int)((long)number * rows / count))];

    private static EmbeddingMatrix Matrix(List<(Segment Segment, int Row)> rows, int[] chosen)
    {
        var matrix = new EmbeddingMatrix(chosen.Length, rows[0].Segment.Vector(rows[0].Row).Length);
        for (var row = 0; row < chosen.Length; row++)
        {
            rows[chosen[row]].Segment.Vector(rows[chosen[row]].Row).CopyTo(matrix[row]);
        }

        return matrix;
    }
}
