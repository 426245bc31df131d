using CsCheck;
using MiCse.Data;
using MiCse.Data.Corpora;

namespace MiCse.Tests.Data.Corpora;

public class SentenceFilterTests
{
    [Theory]
    [InlineData("She went home after work.")]
    [InlineData("\"Who are you, then?\" he asked (not unkindly).")]
    [InlineData("(It was cold that winter.)")]
    [InlineData("“Élan” is a French word…")]
    [InlineData("In 1990, only 3.5% of the 2,000 people [sic] came to St. Paul's!")]
    [InlineData("Smith v Jones [1995] was decided in London.")]
    [InlineData("𝒜 is a letter, and so is B.")]
    public void Clean_sentences_have_no_fault(string sentence) => Assert.Null(new SentenceFilter().FaultOf(sentence));

    [Theory]
    [InlineData("She went home now.", nameof(SentenceFault.TooShort))]
    [InlineData("", nameof(SentenceFault.TooShort))]
    [InlineData("went home after the work.", nameof(SentenceFault.NoCapital))]
    [InlineData("12 people went home early.", nameof(SentenceFault.NoCapital))]
    [InlineData("History of the early years", nameof(SentenceFault.NoFinalMark))]
    [InlineData("There were three of them:", nameof(SentenceFault.NoFinalMark))]
    [InlineData("It is all at HTTPS://example.org now.", nameof(SentenceFault.Address))]
    [InlineData("It is all at www.example.org now.", nameof(SentenceFault.Address))]
    [InlineData("Write to me@example.org for more.", nameof(SentenceFault.Address))]
    [InlineData("The <b>bold</b> word is here.", nameof(SentenceFault.Markup))]
    [InlineData("The {{cite}} template is still here.", nameof(SentenceFault.Markup))]
    [InlineData("It is known to all.[12] Nobody knew.", nameof(SentenceFault.Markup))]
    [InlineData("A bell\u0007 rings in the text.", nameof(SentenceFault.Markup))]
    [InlineData("What was here\uFFFD is lost now.", nameof(SentenceFault.Markup))]
    [InlineData("Half of a\uD83D pair is here.", nameof(SentenceFault.Markup))]
    [InlineData("It was (as always late again.", nameof(SentenceFault.Brackets))]
    [InlineData("It was (as [always) late] again.", nameof(SentenceFault.Brackets))]
    [InlineData("It was as always) late again.", nameof(SentenceFault.Brackets))]
    [InlineData("He called it \"a great shame.", nameof(SentenceFault.Quotes))]
    [InlineData("He called it “a great shame.", nameof(SentenceFault.Quotes))]
    [InlineData("He is known for the book \"\".", nameof(SentenceFault.Gap))]
    [InlineData("The town () lies on a river.", nameof(SentenceFault.Gap))]
    [InlineData("The town , lies on a river.", nameof(SentenceFault.Gap))]
    [InlineData("The town lies on a river .", nameof(SentenceFault.Gap))]
    [InlineData("A 1–0 2–1 3–2 4–3 win.", nameof(SentenceFault.FewLetters))]
    public void The_first_fault_is_named(string sentence, string fault) =>
        Assert.Equal(fault, new SentenceFilter().FaultOf(sentence).ToString());

    [Fact]
    public void Words_and_their_length_are_limited()
    {
        static string Of(int words) => "A" + string.Concat(Enumerable.Repeat(" word", words - 1)) + ".";
        var filter = new SentenceFilter(new SentenceFilterOptions { MinWords = 3, MaxWords = 7 });

        Assert.Equal(
            [SentenceFault.TooShort, null, null, SentenceFault.TooLong],
            new[] { Of(2), Of(3), Of(7), Of(8) }.Select(filter.FaultOf));
        Assert.Null(new SentenceFilter().FaultOf(Of(60)));
        Assert.Equal(SentenceFault.TooLong, new SentenceFilter().FaultOf(Of(61)));
        Assert.Null(filter.FaultOf($"The word {new string('a', 39)}."));
        Assert.Equal(SentenceFault.LongWord, filter.FaultOf($"The word {new string('a', 40)}."));
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(6, 5)]
    public void Limits_that_nothing_can_meet_are_refused(int least, int most) =>
        Assert.Throws<ArgumentException>(() => new SentenceFilter(new SentenceFilterOptions { MinWords = least, MaxWords = most }));

    [Fact]
    public void Any_text_has_a_verdict()
    {
        var filter = new SentenceFilter(new SentenceFilterOptions { MinWords = 1 });
        var signs = Gen.Frequency((1, Gen.Char), (2, Gen.OneOf("AbZ 1.!\"'([)]“”@<\uD835\uDC9C".ToCharArray())));

        Assert.Equal(SentenceFault.NoCapital, filter.FaultOf("\"("));
        signs.Array[0, 20].Select(characters => new string(characters)).Sample(text => { _ = filter.FaultOf(text); }, iter: 20_000);
    }

    /// <summary>The file was filtered by rules much like these.</summary>
    [Fact]
    public void Nearly_all_of_the_Wikipedia_sentences_are_clean()
    {
        var sentences = TextFile.ReadTexts(Fixture.Shared("data", "wikipedia", "en-sentences.txt.gz")).Take(20_000).ToList();
        var filter = new SentenceFilter();

        // Measured: 0.998.
        Assert.InRange(sentences.Count(sentence => filter.FaultOf(sentence) is null) / (double)sentences.Count, 0.995, 1);
    }
}
