namespace MiCse.Tests.Behaviour;

/// <summary>
/// What the built-in model makes of texts that people type: in <c>triplets.tsv</c>, of our own writing, a text (anchor) is to be nearer to one that means the same (positive) than to
/// one that looks alike (negative). The numbers beside the kinds are how many triplets there are and how many the built-in model's teacher, all-MiniLM-L6-v2, gets right in float32
/// (<c>micse evaluate --triplets</c>). The last number is how many fewer are taken.
/// </summary>
public sealed class BehaviourTests : IDisposable
{
    private readonly SentenceEncoder _encoder = SentenceEncoder.Load(ModelSource.BuiltIn);

    public void Dispose() => _encoder.Dispose();

    [Theory]
    [InlineData("meaning", 60, 51, 3)]
    [InlineData("order", 36, 21, 3)]
    [InlineData("negation", 12, 9, 2)]
    [InlineData("support", 12, 9, 2)]
    [InlineData("typo", 12, 11, 2)]
    [InlineData("number", 12, 12, 2)]
    public void It_gets_about_as_many_triplets_right_as_its_teacher(string kind, int count, int teacher, int fewer)
    {
        var triplets = Triplets.OfKind(kind);

        Assert.Equal(count, triplets.Count);
        Assert.InRange(Triplets.Right(_encoder, triplets), teacher - fewer, count);
    }

    [Fact]
    public void Exchanging_subject_and_object_changes_the_embedding() =>
        Assert.InRange(_encoder.Similarity("The dog bites the man.", "The man bites the dog."), 0, 0.999);

    [Fact]
    public void A_negative_shares_more_words_than_a_positive()
    {
        var triplets = Triplets.OfKind("meaning");

        Assert.All(triplets, triplet => Assert.True(
            Shared(triplet.Anchor, triplet.Negative) >= Shared(triplet.Anchor, triplet.Positive), $"{triplet.Anchor} | {triplet.Positive} | {triplet.Negative}"));
        Assert.True(triplets.Count(triplet => Shared(triplet.Anchor, triplet.Negative) > Shared(triplet.Anchor, triplet.Positive)) > 50);
    }

    private static int Shared(string first, string second) => Words(first).Intersect(Words(second)).Count();

    private static string[] Words(string text) =>
        new string([.. text.ToLowerInvariant().Where(character => char.IsLetterOrDigit(character) || character == ' ')]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
