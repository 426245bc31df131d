using MiCse.Explanation;
using MiCse.Tokenization;
using MiCse.Tokenization.Files;
using MiCse.Tokenization.Models;

namespace MiCse.Tests.Explanation;

public sealed class ReadablePieceTests
{
    // Bytes of the guitar, F0 9F 8E B8, as a byte-level vocabulary spells them.
    private static readonly string[] s_vocabulary = ["<s>", "<pad>", "</s>", "<unk>", "<mask>", "Ġplay", "ing", "Ġ", "Ċ", "Ã©", "ðŁ", "İ¸", "Ġ[x]", "[x"];

    [Theory]
    [InlineData(5, "play")]
    [InlineData(6, "ing")]
    [InlineData(7, "␣")]
    [InlineData(8, "␣")]
    [InlineData(9, "é")]
    [InlineData(10, "⟨F0 9F⟩")]
    [InlineData(11, "⟨8E B8⟩")]
    [InlineData(12, "[x]")]
    [InlineData(4, "<mask>")]
    public void A_byte_level_token_is_its_text(int id, string readable) =>
        Assert.Equal(readable, ReadablePiece.Of(new Tokenizer(TokenizerParts.Roberta(new Bpe(s_vocabulary, []))), id));

    [Fact]
    public void A_word_piece_is_itself()
    {
        var tokenizer = Tokenizer.FromVocabulary(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "play", "##ing", "Ġ"]);

        Assert.Equal(["play", "##ing", "Ġ", "[UNK]"], new[] { 5, 6, 7, 1 }.Select(id => ReadablePiece.Of(tokenizer, id)));
    }
}
