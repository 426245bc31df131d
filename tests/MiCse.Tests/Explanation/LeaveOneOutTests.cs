using CsCheck;
using MiCse.Explanation;

namespace MiCse.Tests.Explanation;

public sealed class LeaveOneOutTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData(" \n\t", "")]
    [InlineData("guitar", "guitar")]
    [InlineData("A man plays.", "A|man|plays|.")]
    [InlineData("\"Don't!\" he said (3.5 times)", "\"|Don't|!\"|he|said|(|3.5|times|)")]
    [InlineData("state-of-the-art - really?!", "state-of-the-art|-|really|?!")]
    [InlineData("in 東京 now", "in|東|京|now")]
    [InlineData("naïve 🎸café", "naïve|🎸café")]
    public void Words_are_what_people_call_words(string text, string words) =>
        Assert.Equal(words, string.Join('|', LeaveOneOut.Words(text).Select(word => text[word.Start..word.End])));

    [Theory]
    [InlineData("A man plays.", 0, "man plays.")]
    [InlineData("A man plays.", 1, "A plays.")]
    [InlineData("A man plays.", 2, "A man.")]
    [InlineData("A man plays.", 3, "A man plays")]
    [InlineData("one", 0, "")]
    [InlineData("one two", 1, "one")]
    [InlineData("Hello, world", 1, "Hello world")]
    [InlineData("\"hello world\"", 1, "\"world\"")]
    [InlineData("\"hello world\"", 2, "\"hello\"")]
    [InlineData("a — b", 1, "a b")]
    [InlineData("wait ...", 1, "wait")]
    [InlineData("東京", 0, "京")]
    public void The_text_without_a_word_is_one_that_people_would_write(string text, int word, string without) =>
        Assert.Equal(without, LeaveOneOut.Without(text, LeaveOneOut.Words(text)[word]));

    [Fact]
    public void Words_are_all_that_is_not_white_space_and_each_leaves_all_others()
    {
        Gen.String[Gen.Char["ab .,'\"\n\t東🎸\ud83c"], 0, 40].Sample(text =>
        {
            var words = LeaveOneOut.Words(text);
            Assert.Equal(NoSpace(text), string.Concat(words.Select(word => text[word.Start..word.End])));
            Assert.All(words.Zip(words.Skip(1)), pair => Assert.True(pair.First.End <= pair.Second.Start));
            foreach (var (index, word) in words.Index())
            {
                Assert.True(word.End > word.Start);
                var others = words.Where((_, other) => other != index).Select(other => text[other.Start..other.End]);
                Assert.Equal(string.Concat(others), NoSpace(LeaveOneOut.Without(text, word)));
            }
        });

        static string NoSpace(string text) => string.Concat(text.Where(character => !char.IsWhiteSpace(character)));
    }

    [Fact]
    public void Of_a_long_text_the_words_are_read_that_have_a_token_before_the_cut()
    {
        using var model = new SmallModel();
        foreach (var maxTokens in Enumerable.Range(2, 12))
        {
            using var encoder = SentenceEncoder.Load(model.Path, new SentenceEncoderOptions { MaxTokens = maxTokens });
            const string Text = "the catdog sat, on a mat";

            var read = LeaveOneOut.WordsRead(Text, encoder);

            // The slow twin: a word is read when the text up to its end has tokens that the text before it lacks, and they are kept.
            var tokens = (string text) => Math.Min(maxTokens, encoder.Tokenizer.Tokenize(text).Ids.Length);
            var expected = LeaveOneOut.Words(Text).Where(word => tokens(Text[..word.End]) > tokens(Text[..word.Start]));
            Assert.Equal(expected, read);
        }
    }
}
