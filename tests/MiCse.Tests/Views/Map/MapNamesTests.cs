using System.Text;
using System.Text.Json;
using Jint;
using MiCse.Views.Map;
using MiCse.Mapping;

namespace MiCse.Tests.Views.Map;

/// <summary>The script of a page places names as the library does for pictures.</summary>
public class MapNamesTests
{
    [Theory]
    [InlineData(6, 400, 1000, 700)]
    [InlineData(30, 900, 1000, 700)]
    [InlineData(30, 300, 390, 844)]
    [InlineData(12, 0, 300, 200)]
    [InlineData(0, 10, 50, 50)]
    public void The_page_places_names_where_a_picture_does(int count, int pointCount, int width, int height)
    {
        var random = new Random(count + width);
        var labels = Enumerable.Range(0, count)
            .Select(_ => new LabelBox(random.Next(width), random.Next(height), random.Next(40, 160), random.Next(12, 22))).ToList();
        var points = Enumerable.Range(0, pointCount)
            .Select(_ => ((float)(width * (0.5 + 0.25 * (random.NextDouble() - random.NextDouble()))), (float)(height * (0.5 + 0.25 * (random.NextDouble() - random.NextDouble()))))).ToList();
        LabelBox[] taken = [new(50, 20, 100, 40)];

        var places = LabelPlacement.Place(labels, points, width, height, taken);

        using var engine = new Engine();
        engine.Execute(Script());
        engine.SetValue("input", JsonSerializer.Serialize(new
        {
            labels = labels.Select(Box),
            points = points.SelectMany(point => new[] { point.Item1, point.Item2 }),
            taken = taken.Select(Box),
        }));
        engine.SetValue("rule", Rule());
        var found = JsonDocument.Parse(engine.Evaluate($$"""
            (({ labels, points, taken }) => JSON.stringify(placeNames(JSON.parse(rule), labels, points, {{width}}, {{height}}, taken)))(JSON.parse(input))
            """).AsString()).RootElement.EnumerateArray().ToList();

        Assert.Equal(count, found.Count);
        Assert.All(places.Zip(found), pair =>
        {
            Assert.Equal(pair.First is null, pair.Second.ValueKind == JsonValueKind.Null);
            if (pair.First is var (x, y))
            {
                Assert.Equal(x, pair.Second.GetProperty("x").GetDouble(), 0.01);
                Assert.Equal(y, pair.Second.GetProperty("y").GetDouble(), 0.01);
            }
        });
        Assert.True(count == 0 || places.Any(place => place is not null));
    }

    private static object Box(LabelBox box) => new { x = box.X, y = box.Y, width = box.Width, height = box.Height };

    private static string Script()
    {
        using var reader = new StreamReader(typeof(MapPage).Assembly.GetManifestResourceStream("map-names.js")!);
        return reader.ReadToEnd();
    }

    private static string Rule()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            MapPage.WriteNameRule(json);
            json.WriteEndObject();
        }

        return JsonDocument.Parse(Encoding.UTF8.GetString(stream.ToArray())).RootElement.GetProperty("names").GetRawText();
    }
}
