using System.Text.Json;

namespace MiCse.Tests.Evaluation.Classification;

/// <summary>What NumPy and scikit-learn gave; tests/Reference/scikit_learn.py makes the file.</summary>
internal static class ScikitLearn
{
    private static readonly Lazy<JsonElement> Document = new(() =>
        JsonDocument.Parse(File.ReadAllText(Fixture.Path("metrics", "scikit_learn.json"))).RootElement);

    public static int[] Shuffled(string count) => Document.Value.GetProperty("shuffled").GetProperty(count).Deserialize<int[]>()!;

    public static IEnumerable<JsonElement> Folds => Document.Value.GetProperty("folds").EnumerateArray();

    public static IEnumerable<JsonElement> Fits => Document.Value.GetProperty("fits").EnumerateArray();
}
