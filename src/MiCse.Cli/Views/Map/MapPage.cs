using System.Text.Json;
using MiCse.Mapping;

namespace MiCse.Cli.Views.Map;

/// <summary>A map as one HTML page: map.html with its style, its scripts and the texts put in.</summary>
internal static class MapPage
{
    /// <summary>Writes the page.</summary>
    public static void Write(Stream stream, TextMap map) => HtmlPage.Write(stream, "map", map.Title, json => WriteData(json, map), "map-names");

    private static void WriteData(Utf8JsonWriter json, TextMap map)
    {
        json.WriteStartObject();
        json.WriteString("title", map.Title);
        json.WriteString("about", map.About);
        WriteCoordinates(json, "x", map, 0);
        WriteCoordinates(json, "y", map, 1);
        json.WriteStartArray("frame");
        foreach (var side in new[] { map.Frame.Left, map.Frame.Bottom, map.Frame.Right, map.Frame.Top })
        {
            json.WriteNumberValue(side);
        }

        json.WriteEndArray();
        WriteNameRule(json);
        WriteStrings(json, "texts", map.Texts);
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

        json.WriteEndObject();
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

    private static void WriteCoordinates(Utf8JsonWriter json, string name, TextMap map, int axis)
    {
        json.WriteStartArray(name);
        for (var row = 0; row < map.Points.Count; row++)
        {
            json.WriteNumberValue(Math.Round((decimal)map.Points[row][axis], 4));
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
