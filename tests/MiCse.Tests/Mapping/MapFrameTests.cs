using MiCse.Mapping;
using MiCse.Vectors;

namespace MiCse.Tests.Mapping;

public class MapFrameTests
{
    [Fact]
    public void A_few_points_far_away_are_left_out()
    {
        var points = Square();
        (points[7][0], points[7][1], points[900][0]) = (80, -3, -50);

        var frame = MapFrame.Around(points);

        Assert.False(frame.Contains(points[7]));
        Assert.False(frame.Contains(points[900]));
        Assert.Equal(998, Enumerable.Range(0, 1000).Count(row => frame.Contains(points[row])));
        Assert.InRange(frame.Width, 1, 1.2);
        Assert.InRange(frame.Height, 1, 1.2);
    }

    [Fact]
    public void So_is_a_small_group_that_would_shrink_the_others_to_a_third()
    {
        // Twelve of a thousand lie two widths to the right: more than strays, far fewer than a part of the map.
        var points = Square();
        for (var row = 0; row < 12; row++)
        {
            points[80 * row][0] += 2;
        }

        var frame = MapFrame.Around(points);

        Assert.InRange(frame.Width, 1, 1.2);
        Assert.Equal(988, Enumerable.Range(0, 1000).Count(row => frame.Contains(points[row])));
    }

    [Fact]
    public void Points_near_the_others_are_not()
    {
        var points = Square();
        points[7][0] = 1.05f;

        Assert.All(Enumerable.Range(0, 1000), row => Assert.True(MapFrame.Around(points).Contains(points[row])));
    }

    [Fact]
    public void So_many_far_away_are_a_part_of_the_picture()
    {
        var points = Square();
        for (var row = 0; row < 20; row++)
        {
            points[row][0] += 40;
        }

        Assert.True(MapFrame.Around(points).Contains(points[19]));
    }

    [Fact]
    public void Any_number_of_points_has_a_frame()
    {
        Assert.Equal(default, MapFrame.Around(new EmbeddingMatrix(0, 2)));
        Assert.Equal(new MapFrame(3, 4, 3, 4), MapFrame.Around(new EmbeddingMatrix([3, 4], 1, 2)));
        Assert.Equal(new MapFrame(0, -900, 1, 4), MapFrame.Around(new EmbeddingMatrix([0, 4, 1, -900], 2, 2)));
        Assert.Equal(new MapFrame(5, 5, 5, 5), MapFrame.Around(new EmbeddingMatrix([.. Enumerable.Repeat(5f, 2000)], 1000, 2)));
    }

    /// <summary>1000 points spread over a square of side 1.</summary>
    private static EmbeddingMatrix Square()
    {
        var points = new EmbeddingMatrix(1000, 2);
        for (var row = 0; row < 1000; row++)
        {
            (points[row][0], points[row][1]) = (row % 25 / 24f, row / 25 / 39f);
        }

        return points;
    }
}
