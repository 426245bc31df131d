using MiCse.Vectors;

namespace MiCse.Mapping;

/// <summary>The part of a map that is worth a picture: a few points far away must not make all the others small.</summary>
internal readonly record struct MapFrame(float Left, float Bottom, float Right, float Top)
{
    /// <summary>The share of the points that may be left out in all.</summary>
    private const double MostOutside = 0.015;

    /// <summary>Points are left out where that shortens a side by this part for each step, ...</summary>
    private const double LeastGain = 0.1;

    /// <summary>... a step being this share of all points, or one of them.</summary>
    private const double StepShare = 0.0025;

    /// <summary>What is added where points are left out, as a share of the side.</summary>
    private const float Padding = 0.06f;

    /// <summary>Its width.</summary>
    public float Width => Right - Left;

    /// <summary>Its height.</summary>
    public float Height => Top - Bottom;

    /// <summary>Whether a place is in the frame.</summary>
    public bool Contains(ReadOnlySpan<float> place) => place[0] >= Left && place[0] <= Right && place[1] >= Bottom && place[1] <= Top;

    /// <summary>The frame around all points, or around all but a few far ones; without a size where there are no points, or only one axis.</summary>
    /// <param name="points">Shape [points, axes]; the first two axes count.</param>
    public static MapFrame Around(EmbeddingMatrix points)
    {
        if (points.Count == 0 || points.Dimensions < 2)
        {
            return default;
        }

        var (x, y) = (new Side(Sorted(points, 0)), new Side(Sorted(points, 1)));
        var step = Math.Max(1, (int)(StepShare * points.Count));
        var budget = (int)(MostOutside * points.Count);
        while (true)
        {
            var best = new[] { x.Best(low: true, step, budget), x.Best(low: false, step, budget), y.Best(low: true, step, budget), y.Best(low: false, step, budget) }
                .MaxBy(cut => cut.Gain);
            if (best.Gain < LeastGain)
            {
                var ((left, right), (bottom, top)) = (x.Range(), y.Range());
                return new MapFrame(left, bottom, right, top);
            }

            best.Apply();
            budget -= best.Count;
        }
    }

    private static float[] Sorted(EmbeddingMatrix points, int axis) =>
        [.. Enumerable.Range(0, points.Count).Select(row => points[row][axis]).Order()];

    /// <summary>The points along one axis, without those that are cut off at its ends.</summary>
    private sealed class Side(float[] sorted)
    {
        private int _first;
        private int _last = sorted.Length - 1;

        /// <summary>The cut at one end that shortens the side most for what it leaves out.</summary>
        public Cut Best(bool low, int step, int budget)
        {
            var best = default(Cut);
            var length = (double)sorted[_last] - sorted[_first];
            for (var count = step; count <= budget && count < _last - _first; count += step)
            {
                var rest = low ? (double)sorted[_last] - sorted[_first + count] : (double)sorted[_last - count] - sorted[_first];
                var gain = Math.Log(length / rest) / (count / (double)step);
                if (rest > 0 && gain > best.Gain)
                {
                    var cut = count;
                    best = new Cut(gain, cut, () => (_first, _last) = low ? (_first + cut, _last) : (_first, _last - cut));
                }
            }

            return best;
        }

        /// <summary>From where to where, with some room where points are left out.</summary>
        public (float Low, float High) Range()
        {
            var padding = Padding * (sorted[_last] - sorted[_first]);
            return (Math.Max(sorted[0], sorted[_first] - padding), Math.Min(sorted[^1], sorted[_last] + padding));
        }
    }

    private readonly record struct Cut(double Gain, int Count, Action Apply);
}
