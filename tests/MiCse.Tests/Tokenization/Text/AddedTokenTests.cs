using MiCse.Tokenization;
using MiCse.Tokenization.Files;
using MiCse.Tokenization.Models;
using MiCse.Tokenization.Text;

namespace MiCse.Tests.Tokenization.Text;

public class AddedTokenTests
{
    private static readonly string[] Vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b", "##b", "##a"];

    [Theory]
    [InlineData("a <x> b", "a <x> b")]
    [InlineData("a<x>b", "a <x> b")]
    [InlineData("<x><xy>", "<x> <xy>")] // the longest that starts there
    [InlineData("<X>", "[UNK] [UNK] [UNK]")]
    public void Found_as_it_stands(string text, string tokens) => AssertTokens(text, tokens, new AddedToken(9, "<x>"), new AddedToken(10, "<xy>"));

    [Theory]
    [InlineData("a b x", "a b x")]
    [InlineData("ax xa _x x\u0301", "[UNK] [UNK] [UNK] [UNK] [UNK]")]
    [InlineData("x\u24B6 \u200Dx x½", "[UNK] [UNK] x [UNK]")] // circled letters and joiners are word characters, fractions are not
    [InlineData("\u200Cx x\u200C \u200Dx x\u200D", "[UNK] [UNK] [UNK] [UNK]")] // also the joiner that keeps letters apart, on either side
    [InlineData("\u200Bx x\u200B \u200Ex x\u2060", "x x x x")] // other invisible characters are none
    [InlineData("x,x", "x [UNK] x")]
    public void A_single_word_touches_no_word(string text, string tokens) => AssertTokens(text, tokens, new AddedToken(9, "x", SingleWord: true));

    [Theory]
    [InlineData("É", "É")]
    [InlineData("aeb", "a É b")]
    public void A_normalized_token_is_found_in_the_normalized_text(string text, string tokens) =>
        AssertTokens(text, tokens, new AddedToken(9, "É", Normalized: true));

    [Fact]
    public void White_space_around_it_can_belong_to_it()
    {
        SpelledToken[] tokens = [new("<l>", new AddedToken(0, "<l>", LeftStrip: true)), new("<r>", new AddedToken(1, "<r>", RightStrip: true))];
        var parts = new AddedTokenMatcher(tokens).Split(" \n<l> <r>\t<l>x  <l>");
        var found = new List<string>();
        while (parts.MoveNext())
        {
            found.Add($"{parts.Token?.Id}:{parts.Text}");
        }

        Assert.Equal(["0: \n<l>", ": ", "1:<r>\t", "0:<l>", ":x", "0:  <l>"], found);
    }

    private static void AssertTokens(string text, string tokens, params AddedToken[] added)
    {
        var tokenizer = new Tokenizer(TokenizerParts.Bert(new WordPiece(Vocabulary), added: added));
        Assert.Equal($"[CLS] {tokens} [SEP]", string.Join(' ', tokenizer.Tokenize(text).Ids.Select(tokenizer.TokenOf)));
    }
}
