using MiCse.Vectors;

namespace MiCse.Cli.Views.Map;

/// <summary>The part of a map that is worth a picture: a few points far away must not make all the others small.</summary>
internal readonly record struct MapFrame(float Left, float Bottom, float Right, float Top)
{
    /// <summary>The share of the points that each side may leave out.</summary>
    private const double Stray = 0.005;

    /// <summary>What is added around the others, as a share of their extent.</summary>
    private const float Air = 0.06f;

    /// <summary>Points are left out where that makes the picture so much smaller, along one axis at least.</summary>
    private const float Worthwhile = 1.25f;

    public float Width => Right - Left;

    public float Height => Top - Bottom;

    /// <summary>Whether a place is in the frame.</summary>
    public bool Contains(ReadOnlySpan<float> place) => place[0] >= Left && place[0] <= Right && place[1] >= Bottom && place[1] <= Top;

    /// <summary>All of the points, or all but a few strays.</summary>
    public static MapFrame Around(EmbeddingMatrix points)
    {
        if (points.Count == 0)
        {
            return default;
        }

        var (x, y) = (Sorted(points, 0), Sorted(points, 1));
        var whole = new MapFrame(x[0], y[0], x[^1], y[^1]);
        var (left, right) = Inner(x);
        var (bottom, top) = Inner(y);
        var inner = new MapFrame(left, bottom, right, top);
        return whole.Width > Worthwhile * inner.Width || whole.Height > Worthwhile * inner.Height ? inner : whole;
    }

    private static (float Low, float High) Inner(float[] sorted)
    {
        var skipped = (int)(Stray * sorted.Length);
        var (low, high) = (sorted[skipped], sorted[^(skipped + 1)]);
        var air = Air * (high - low);
        return (Math.Max(sorted[0], low - air), Math.Min(sorted[^1], high + air));
    }

    private static float[] Sorted(EmbeddingMatrix points, int axis) =>
        [.. Enumerable.Range(0, points.Count).Select(row => points[row][axis]).Order()];
}
