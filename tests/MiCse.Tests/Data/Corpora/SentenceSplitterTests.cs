using System.Diagnostics;
using CsCheck;
using MiCse.Data.Corpora;

namespace MiCse.Tests.Data.Corpora;

public class SentenceSplitterTests
{
    private const string EnclosureMarks = "()[]\"“”«»";

    /// <summary>Characters that mean something to the splitter, more often than chance would have it.</summary>
    private static readonly Gen<string> Texts = Gen.Frequency(
        (6, Gen.OneOf<string>(". ", "? ", "! ", "... ", "… ", "\"", "“", "”", "(", ")", "[", "]", "'", "\n", "\n\n", "\u00A0", "$", "…")),
        (4, Gen.OneOf<string>("The", "He", "Dr", "U.S", "J", "No", "5", "etc", "dog", "É", "中", "\U0001D49C", "\uD83D", "\uDE00")),
        (1, Gen.Char.Select(character => character.ToString()))).Array[0, 40].Select(string.Concat);

    [Theory]
    [InlineData("One. |Two! |Three? |Four.")] // plain
    [InlineData("He came…| She left.... |Nobody spoke... |Why? |Because!")]
    [InlineData("It cost $3.50. |£5 million followed. |In 1990.5 terms it is 2.")] // decimals, currency
    [InlineData("Dr. Smith met Mr. and Mrs. Jones at St. Paul's. |They saw Gen. Lee.")] // titles
    [InlineData("J. R. R. Tolkien and J.R.R. Tolkien are one. |George W. Bush was president.")] // initials
    [InlineData("He moved to the U.S. in 1990. |She left the U.S. |The law changed.")] // inner stops, openers
    [InlineData("It opened at 5 p.m. Monday. |At 9 a.m. they closed.")]
    [InlineData("Apple Inc. was founded by Steve Jobs. |He left Apple Inc. |In 1985 he founded NeXT.")]
    [InlineData("See No. 5 and Vol. 3, pp. 10. |He said no. |Then c. 1900 it ended.")] // counted things
    [InlineData("Sammy Davis Jr. sang. |Etc. etc. is Latin, e.g. in Cicero, i.e. in his letters, cf. Rome.")]
    [InlineData("\"Who are you?\" |He did not answer. |\"I am Sam.\" |Then he left.")] // quotes
    [InlineData("He said, \"Go. Now. Run.\" |She ran.")] // several sentences within quotes
    [InlineData("She called it “a shame. A great shame.” |He agreed.")]
    [InlineData("It rained (as always. Or nearly so) in May. |(It was cold.) |Then came June.")] // brackets
    [InlineData("An open bracket (is no reason. |To go on. |For ever.")]
    [InlineData("He was 6' 2\" tall. |She was not.")] // inches open nothing
    [InlineData("The site example.com grew. |See www.example.org. |It is version 2.0.1 of Node.js. |Fine.")] // no white space, no end
    [InlineData("He wrote it. it was good, vs. bad. |1990 was the year.")] // small letters do not start
    [InlineData("1. First item. |2 came next. |3rd.")] // a number in front is a list's
    [InlineData("First paragraph without a stop\n\n|Second paragraph\r\n\r\n|Third line\nbroken. |Fine.")]
    [InlineData("  Blanks around.  |  Blanks between.  ")]
    [InlineData("«Bonjour.» |Élan vital. |Émile Zola wrote. |Ärger.")]
    [InlineData("Washington, D.C. |It is the capital, i.e. Washington, D.C. Metro runs there.")]
    [InlineData("World War I. |The war ended. |It was Plan B. |However, nobody knew that I. |He did.")]
    [InlineData("")]
    [InlineData(" \n \n ")]
    public void Sentences_end_where_a_reader_ends_them(string marked)
    {
        var text = marked.Replace("|", "", StringComparison.Ordinal);

        var sentences = SentenceSplitter.Split(text).Select(range => text[range]);

        Assert.Equal(marked.Split('|', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), sentences);
    }

    [Fact]
    public void Sentences_cover_the_text_in_order_whatever_it_is() => Texts.Sample(text =>
    {
        var place = 0;
        foreach (var range in SentenceSplitter.Split(text))
        {
            var (start, length) = range.GetOffsetAndLength(text.Length);
            Assert.True(length > 0 && start >= place);
            Assert.True(string.IsNullOrWhiteSpace(text[place..start]), "nothing but white space between sentences");
            Assert.Equal(text[range].Trim(), text[range]);
            place = start + length;
        }

        Assert.True(string.IsNullOrWhiteSpace(text[place..]));
    }, iter: 20_000);

    [Fact]
    public void A_sentence_is_cut_no_further() => Texts.Sample(text =>
    {
        // What is left open within a sentence may have been closed after it, so such sentences are left out.
        foreach (var sentence in SentenceSplitter.Split(text).Select(range => text[range]).Where(sentence => !sentence.Any(EnclosureMarks.Contains)))
        {
            Assert.Single(SentenceSplitter.Split(sentence));
        }
    }, iter: 5_000);

    /// <summary>Ten times the text may not take a hundred times as long; each is what a quadratic search would be slow on.</summary>
    [Theory]
    [InlineData("(")]
    [InlineData("\" ")]
    [InlineData(". ")]
    [InlineData(".\"")]
    [InlineData("a.")]
    [InlineData("U.S. ")]
    [InlineData(" ")]
    [InlineData("\n")]
    [InlineData(". (((")]
    [InlineData("“The end. ”")]
    public void Time_grows_with_the_text(string part)
    {
        var text = string.Concat(Enumerable.Repeat(part, 1_000_000 / part.Length));
        var watch = Stopwatch.StartNew();

        SentenceSplitter.Split(text);

        // A quadratic search takes minutes; this takes a fraction of a second.
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 20);
    }
}
