using System.Text.Json;
using MiCse.Mapping;
using MiCse.Vectors;

namespace MiCse.Views.Map;

/// <summary>A map as one HTML page: map.html with its style, its scripts and the texts put in.</summary>
internal static class MapPage
{
    private const string Name = "map";
    private const string Helper = "map-names";

    /// <summary>Writes a page that waits for its data.</summary>
    public static void WriteEmpty(Stream stream) => HtmlPage.Write(stream, Name, "Map of texts", null, Helper);

    /// <summary>Its scripts as they stand in their elements.</summary>
    public static IEnumerable<string> Scripts => [HtmlPage.Script(Helper), HtmlPage.Script(Name)];

    /// <summary>Writes the page.</summary>
    public static void Write(Stream stream, TextMap map) => HtmlPage.Write(stream, Name, map.Title, json => WriteData(json, map), Helper);

    private static void WriteData(Utf8JsonWriter json, TextMap map)
    {
        json.WriteStartObject();
        json.WriteString("title", map.Title);
        json.WriteString("about", map.About);
        WritePlaces(json, map.Points, map.Frame);
        WriteStrings(json, "texts", map.Texts);
        WriteLabels(json, map);
        json.WriteEndObject();
    }

    /// <summary>Writes where the texts are, and what part is seen at first: x, y, frame.</summary>
    public static void WritePlaces(Utf8JsonWriter json, EmbeddingMatrix points, MapFrame frame)
    {
        WriteCoordinates(json, "x", points, 0);
        WriteCoordinates(json, "y", points, 1);
        json.WriteStartArray("frame");
        foreach (var side in new[] { frame.Left, frame.Bottom, frame.Right, frame.Top })
        {
            json.WriteNumberValue(side);
        }

        json.WriteEndArray();
    }

    /// <summary>Writes the labels, and the rule by which their names are placed.</summary>
    public static void WriteLabels(Utf8JsonWriter json, TextMap map)
    {
        WriteNameRule(json);
        if (map.Labels is not null)
        {
            WriteStrings(json, "labels", map.LabelNames);
            json.WriteStartArray("label");
            foreach (var index in map.LabelIndices())
            {
                json.WriteNumberValue(index);
            }

            json.WriteEndArray();
        }
    }

    /// <summary>Writes the numbers of the rule by which names are placed.</summary>
    public static void WriteNameRule(Utf8JsonWriter json)
    {
        json.WriteStartObject("names");
        json.WriteNumber("mostLetters", TextMap.MostLettersOfName);
        json.WriteNumber("rings", LabelPlacement.Rings);
        json.WriteNumber("placesPerRing", LabelPlacement.PlacesPerRing);
        json.WriteNumber("distanceCost", LabelPlacement.DistanceCost);
        json.WriteNumber("mostCost", LabelPlacement.MostCost);
        json.WriteNumber("gap", LabelPlacement.Gap);
        json.WriteNumber("cellSize", LabelPlacement.CellSize);
        json.WriteNumber("leastGain", LabelPlacement.LeastGain);
        json.WriteEndObject();
    }

    private static void WriteCoordinates(Utf8JsonWriter json, string name, EmbeddingMatrix points, int axis)
    {
        json.WriteStartArray(name);
        for (var row = 0; row < points.Count; row++)
        {
            json.WriteNumberValue(Math.Round((decimal)points[row][axis], 4));
        }

        json.WriteEndArray();
    }

    private static void WriteStrings(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
