using CsCheck;
using MiCse.Mapping;

namespace MiCse.Tests.Mapping;

public class LabelPlacementTests
{
    [Fact]
    public void Names_never_overlap_and_never_leave_the_picture() => Gen.Select(Gen.Int[0, 40], Gen.Int[0, 400], Gen.Int[100, 1200], Gen.Int[60, 900], Gen.Int[0, 9999]).Sample(
        (count, pointCount, width, height, seed) =>
        {
            var random = new Random(seed);
            var labels = Enumerable.Range(0, count)
                .Select(_ => new LabelBox(random.Next(width), random.Next(height), random.Next(20, 220), random.Next(12, 24))).ToList();
            var points = Enumerable.Range(0, pointCount).Select(_ => ((float)random.Next(-50, width + 50), (float)random.Next(height))).ToList();

            var places = LabelPlacement.Place(labels, points, width, height);

            Assert.Equal(count, places.Count);
            var boxes = labels.Zip(places).Where(label => label.Second is not null)
                .Select(label => label.First with { X = label.Second!.Value.X, Y = label.Second.Value.Y }).ToList();
            Assert.All(boxes, box => Assert.True(
                box.X - box.Width / 2 >= -1e-3 && box.X + box.Width / 2 <= width + 1e-3 && box.Y - box.Height / 2 >= -1e-3 && box.Y + box.Height / 2 <= height + 1e-3));
            for (var first = 0; first < boxes.Count; first++)
            {
                Assert.All(boxes.Skip(first + 1), other => Assert.False(boxes[first].Overlaps(other, 0)));
            }
        }, iter: 100);

    [Fact]
    public void A_pile_of_thirty_names_is_spread_around_it()
    {
        var labels = Enumerable.Range(0, 30).Select(i => new LabelBox(600 + i % 6, 450 + i / 6, 140, 18)).ToList();

        var places = LabelPlacement.Place(labels, [], 1200, 900);

        Assert.InRange(places.Count(place => place is not null), 25, 30);
        Assert.Equal((600f, 450f), places[0]);
    }

    [Fact]
    public void A_name_stands_beside_its_points_and_not_on_them()
    {
        var points = Enumerable.Range(0, 2000).Select(i => (500 + 40 * MathF.Cos(i) * (i % 100 / 100f), 300 + 40 * MathF.Sin(i) * (i % 97 / 97f))).ToList();

        var (x, y) = Assert.Single(LabelPlacement.Place([new LabelBox(500, 300, 100, 18)], points, 1000, 600))!.Value;

        Assert.InRange(points.Count(point => Math.Abs(point.Item1 - x) < 50 && Math.Abs(point.Item2 - y) < 9), 0, 40);
        Assert.InRange(Math.Sqrt(Math.Pow(x - 500, 2) + Math.Pow(y - 300, 2)), 1, 150);
    }

    [Fact]
    public void With_nothing_in_the_way_a_name_stands_on_its_anchor_and_a_wide_one_is_left_out() =>
        Assert.Equal(
            [(100, 50), null], LabelPlacement.Place([new LabelBox(100, 50, 60, 16), new LabelBox(100, 50, 500, 16)], [], 300, 200));
}
