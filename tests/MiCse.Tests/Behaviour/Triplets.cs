namespace MiCse.Tests.Behaviour;

/// <summary>A text, one that means the same, and one that looks the same.</summary>
internal sealed record Triplet(string Kind, string Anchor, string Positive, string Negative);

/// <summary>The triplets of <c>triplets.tsv</c>.</summary>
internal static class Triplets
{
    private static readonly string s_file = Path.Combine(Fixture.Repository, "tests", "MiCse.Tests", "Behaviour", "triplets.tsv");

    /// <summary>Those of a kind.</summary>
    public static IReadOnlyList<Triplet> OfKind(string kind) =>
        [.. File.ReadLines(s_file).Skip(1).Select(line => line.Split('\t')).Where(cells => cells[0] == kind).Select(cells => new Triplet(cells[0], cells[1], cells[2], cells[3]))];

    /// <summary>How many positives are nearer than their negatives.</summary>
    public static int Right(SentenceEncoder encoder, IReadOnlyList<Triplet> triplets) =>
        triplets.Count(triplet => encoder.Similarity(triplet.Anchor, triplet.Positive) > encoder.Similarity(triplet.Anchor, triplet.Negative));
}
