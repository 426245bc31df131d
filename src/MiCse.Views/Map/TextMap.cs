using System.Globalization;
using MiCse.Mapping;
using MiCse.Vectors;

namespace MiCse.Views.Map;

/// <summary>A map with what is written on it.</summary>
/// <param name="Title">The heading.</param>
/// <param name="Texts">The texts.</param>
/// <param name="Labels">The label of each text, or null.</param>
/// <param name="Points">Their places: shape [texts, 2], or for a table any number of dimensions.</param>
/// <param name="Trustworthiness">How far to believe the map, 0 to 1; null for so few texts that it says nothing.</param>
internal sealed record TextMap(string Title, IReadOnlyList<string> Texts, IReadOnlyList<string>? Labels, EmbeddingMatrix Points, double? Trustworthiness)
{
    /// <summary>So much of a label's name is written where there is little room.</summary>
    public const int MostLettersOfName = 30;

    /// <summary>The labels there are: numbers by their value, else names in the order of their letters. Empty without labels.</summary>
    public IReadOnlyList<string> LabelNames { get; } = Sort(Labels);

    /// <summary>The part of the map that is shown first, or alone.</summary>
    public MapFrame Frame { get; } = MapFrame.Around(Points);

    /// <summary>What stands below the title.</summary>
    public string About => string.Create(CultureInfo.InvariantCulture, $"{Texts.Count:N0} text{(Texts.Count == 1 ? "" : "s")}")
        + (Trustworthiness is { } share ? string.Create(CultureInfo.InvariantCulture, $" · trustworthiness {share:0.000}") : "");

    /// <summary>The position of each text's label among <see cref="LabelNames"/>; 0 without labels.</summary>
    public int[] LabelIndices()
    {
        var positions = LabelNames.Index().ToDictionary(label => label.Item, label => label.Index);
        return [.. Enumerable.Range(0, Texts.Count).Select(row => Labels is null ? 0 : positions[Labels[row]])];
    }

    private static List<string> Sort(IReadOnlyList<string>? labels)
    {
        var names = labels?.Distinct().Order(StringComparer.Ordinal).ToList() ?? [];
        return names.TrueForAll(name => double.TryParse(name, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            ? [.. names.OrderBy(name => double.Parse(name, CultureInfo.InvariantCulture))]
            : names;
    }
}
