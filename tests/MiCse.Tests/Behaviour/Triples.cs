namespace MiCse.Tests.Behaviour;

/// <summary>A text, one that means the same, and one that looks the same.</summary>
internal sealed record Triple(string Kind, string Text, string Paraphrase, string Trap);

/// <summary>The triples of <c>triples.tsv</c>.</summary>
internal static class Triples
{
    private static readonly string s_file = Path.Combine(Fixture.Repository, "tests", "MiCse.Tests", "Behaviour", "triples.tsv");

    /// <summary>Those of a kind.</summary>
    public static IReadOnlyList<Triple> OfKind(string kind) =>
        [.. File.ReadLines(s_file).Skip(1).Select(line => line.Split('\t')).Where(cells => cells[0] == kind).Select(cells => new Triple(cells[0], cells[1], cells[2], cells[3]))];

    /// <summary>How many paraphrases are nearer than their traps.</summary>
    public static int Right(SentenceEncoder encoder, IReadOnlyList<Triple> triples) =>
        triples.Count(triple => encoder.Similarity(triple.Text, triple.Paraphrase) > encoder.Similarity(triple.Text, triple.Trap));
}
