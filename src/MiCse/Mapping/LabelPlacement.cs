namespace MiCse.Mapping;

/// <summary>
/// Where names stand on a map: near their points, never on each other, and where they hide few points. Greedy: the most important name chooses
/// first among places around its anchor; a name that finds no good one is left out. A page follows the same rule (map-names.js).
/// </summary>
internal static class LabelPlacement
{
    /// <summary>Places are tried on rings around the anchor, ...</summary>
    public const int Rings = 20;

    /// <summary>... each half a line higher and an eighth of the name wider than the one before, with so many places.</summary>
    public const int PlacesPerRing = 16;

    /// <summary>The cost of a line's distance from the anchor, beside that of hiding all of the points that an average name hides.</summary>
    public const float DistanceCost = 0.35f;

    /// <summary>A name is left out rather than placed at a higher cost, far from its points or on many others.</summary>
    public const float MostCost = 3.5f;

    /// <summary>Free room between two names, in lines.</summary>
    public const float Gap = 0.2f;

    /// <summary>Points are counted in cells of this side.</summary>
    public const float CellSize = 4;

    /// <summary>A later place must be better by more than this, so that rounding decides nothing.</summary>
    public const float LeastGain = 0.001f;

    /// <summary>Places names.</summary>
    /// <param name="labels">The names, the most important first, in the picture's coordinates.</param>
    /// <param name="points">The points of the map that names should not hide.</param>
    /// <param name="width">The picture's width; it begins at 0.</param>
    /// <param name="height">The picture's height.</param>
    /// <param name="taken">Where no name may stand, as the title and the legend.</param>
    /// <returns>The middle of each name, in their order; null where there is no room.</returns>
    public static IReadOnlyList<(float X, float Y)?> Place(
        IReadOnlyList<LabelBox> labels, IReadOnlyList<(float X, float Y)> points, float width, float height, params IReadOnlyList<LabelBox> taken)
    {
        var counts = new PointCounts(points, width, height);
        var placed = new List<LabelBox>(taken);
        var places = new (float X, float Y)?[labels.Count];
        for (var label = 0; label < labels.Count; label++)
        {
            var box = labels[label];
            var usual = Math.Max(1, points.Count * box.Width * box.Height / Math.Max(1, width * height));
            LabelBox? best = null;
            var bestCost = MostCost;
            foreach (var (candidate, distance) in Candidates(box, width, height))
            {
                if (placed.Exists(other => other.Overlaps(candidate, Gap * box.Height)))
                {
                    continue;
                }

                var cost = counts.Within(candidate) / usual + DistanceCost * distance / box.Height;
                if (cost < bestCost - LeastGain)
                {
                    (best, bestCost) = (candidate, cost);
                }
            }

            if (best is { } chosen)
            {
                placed.Add(chosen);
                places[label] = (chosen.X, chosen.Y);
            }
        }

        return places;
    }

    private static IEnumerable<(LabelBox Box, float Distance)> Candidates(LabelBox box, float width, float height)
    {
        if (box.Width > width || box.Height > height)
        {
            yield break;
        }

        for (var ring = 0; ring <= Rings; ring++)
        {
            for (var place = 0; place < (ring == 0 ? 1 : PlacesPerRing); place++)
            {
                var (sine, cosine) = MathF.SinCos(2 * MathF.PI * place / PlacesPerRing);

                // Inside the picture in any case.
                var x = Math.Clamp(box.X + cosine * ring * Math.Max(box.Height / 2, box.Width / 8), box.Width / 2, width - box.Width / 2);
                var y = Math.Clamp(box.Y + sine * ring * box.Height / 2, box.Height / 2, height - box.Height / 2);
                yield return (box with { X = x, Y = y }, MathF.Sqrt((x - box.X) * (x - box.X) / 4 + (y - box.Y) * (y - box.Y)));
            }
        }
    }

    /// <summary>Counts points in rectangles by a table of sums over cells.</summary>
    private sealed class PointCounts
    {
        private readonly int _columns;
        private readonly int _rows;
        private readonly int[,] _sums;

        public PointCounts(IReadOnlyList<(float X, float Y)> points, float width, float height)
        {
            (_columns, _rows) = ((int)(Math.Max(0, width) / CellSize) + 1, (int)(Math.Max(0, height) / CellSize) + 1);
            _sums = new int[_columns + 1, _rows + 1];
            foreach (var (x, y) in points)
            {
                if (x >= 0 && y >= 0 && x <= width && y <= height)
                {
                    _sums[(int)(x / CellSize) + 1, (int)(y / CellSize) + 1]++;
                }
            }

            for (var column = 1; column <= _columns; column++)
            {
                for (var row = 1; row <= _rows; row++)
                {
                    _sums[column, row] += _sums[column - 1, row] + _sums[column, row - 1] - _sums[column - 1, row - 1];
                }
            }
        }

        public int Within(LabelBox box)
        {
            var (left, right) = (Cell(box.X - box.Width / 2, _columns), Cell(box.X + box.Width / 2 + CellSize, _columns));
            var (top, bottom) = (Cell(box.Y - box.Height / 2, _rows), Cell(box.Y + box.Height / 2 + CellSize, _rows));
            return _sums[right, bottom] - _sums[left, bottom] - _sums[right, top] + _sums[left, top];
        }

        private static int Cell(float place, int count) => Math.Clamp((int)(place / CellSize), 0, count);
    }
}

/// <summary>The room that a name takes on a picture.</summary>
/// <param name="X">Its middle: where the name would like to be.</param>
/// <param name="Y">Its middle, downwards.</param>
/// <param name="Width">How wide it is.</param>
/// <param name="Height">The height of its line.</param>
internal readonly record struct LabelBox(float X, float Y, float Width, float Height)
{
    /// <summary>Whether two names have less than a gap between them.</summary>
    public bool Overlaps(LabelBox other, float gap) =>
        Math.Abs(X - other.X) < (Width + other.Width) / 2 + gap && Math.Abs(Y - other.Y) < (Height + other.Height) / 2 + gap;
}
