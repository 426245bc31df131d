using System.Numerics.Tensors;
using MiCse.Files;
using MiCse.Vectors;

namespace MiCse.Search.Files;

/// <summary>
/// The rows of a segment divided by direction (an inverted file, Sivic and Zisserman 2003): the rows of a cell stand together, so that a search may read the cells alone whose centres are nearest
/// to the query. Thread-safe.
/// </summary>
internal sealed class CellTable
{
    private readonly EmbeddingMatrix _centers;
    private readonly int[] _bounds;

    /// <param name="centers">One a cell, of length 1.</param>
    /// <param name="bounds">The first row of each cell, and the number of rows.</param>
    /// <param name="rows">Rows of the segment.</param>
    /// <param name="path">The segment's folder, for the message.</param>
    /// <exception cref="DataFormatException">The bounds do not fit.</exception>
    public CellTable(EmbeddingMatrix centers, int[] bounds, int rows, string path)
    {
        var fits = bounds.Length == centers.Count + 1 && bounds[0] == 0 && bounds[^1] == rows;
        for (var cell = 0; fits && cell < centers.Count; cell++)
        {
            fits = bounds[cell] <= bounds[cell + 1];
        }

        if (!fits)
        {
            throw new DataFormatException(path, null, "is damaged: its cells are not those of its rows; build the index again, or restore it from a copy.");
        }

        (_centers, _bounds) = (centers, bounds);
    }

    /// <summary>Number of cells.</summary>
    public int Count => _centers.Count;

    /// <summary>The rows to read for a query: those of the nearest cells, in ascending order.</summary>
    /// <param name="query">The query.</param>
    /// <param name="probes">How many cells; more when these hold too few rows.</param>
    /// <param name="least">The least number of rows, as far as there are so many.</param>
    public IReadOnlyList<(int First, int Count)> Nearest(ReadOnlySpan<float> query, int probes, int least)
    {
        var cosines = new float[Count];
        var cells = new int[Count];
        for (var cell = 0; cell < cells.Length; cell++)
        {
            // Negated, for the nearest first.
            (cosines[cell], cells[cell]) = (-TensorPrimitives.Dot(query, _centers[cell]), cell);
        }

        Array.Sort(cosines, cells);
        var (taken, rows) = (0, 0);
        while (taken < cells.Length && (taken < probes || rows < least))
        {
            rows += _bounds[cells[taken] + 1] - _bounds[cells[taken]];
            taken++;
        }

        return [.. cells.Take(taken).Order().Select(cell => (_bounds[cell], _bounds[cell + 1] - _bounds[cell])).Where(range => range.Item2 > 0)];
    }
}

/// <summary>What a search of the nearest cells finds.</summary>
/// <param name="Probes">Cells that are read.</param>
/// <param name="Share">Share of the 10 nearest rows in them, a mean over rows as queries, 0..1.</param>
internal sealed record CellRecall(int Probes, double Share);
