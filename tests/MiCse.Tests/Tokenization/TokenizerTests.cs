using CsCheck;
using MiCse.Tests.Data;
using MiCse.Tokenization;
using MiCse.Tokenization.Files;
using MiCse.Tokenization.Models;
using MiCse.Tokenization.Normalizers;
using MiCse.Tokenization.PreTokenizers;
using MiCse.Tokenization.Templates;
using MiCse.Tokenization.Text;

namespace MiCse.Tests.Tokenization;

public class TokenizerTests
{
    private static readonly string[] Vocabulary = ["<s>", "<pad>", "</s>", "<unk>", "a", "##b", "é", "<mask>", ",", "e", "##\uFFFD"];

    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.Char["abé,e <>mask/s\u0301\n"].Array[0, 30].Select(characters => new string(characters)),
        Gen.Char.Array[0, 20].Select(characters => new string(characters)));

    [Fact]
    public void Shortcuts_give_what_the_stages_give()
    {
        string[] bytes = ["<s>", "<pad>", "</s>", "<unk>", .. ByteAlphabet.Characters.Select(character => $"{character}"), "ab", "Ġa", "<mask>"];
        TokenizerParts[] shortcuts =
        [
            Mixed(new BertNormalizer(new BertNormalization()), new BertPreTokenizer()),
            TokenizerParts.Roberta(new Bpe(bytes, [("a", "b"), ("Ġ", "a")])),
        ];
        Assert.All(shortcuts, parts =>
        {
            var (direct, composed) = (new Tokenizer(parts), new Tokenizer(parts with { PreTokenizer = new PreTokenizerSequence([parts.PreTokenizer]) }));
            Texts.Sample(text => Assert.Equal(composed.Tokenize(text).Ids, direct.Tokenize(text).Ids), iter: 3000);
        });
    }

    [Theory]
    [InlineData("ab  <mask>, E\u0301", "a ##b <mask> , é")]
    [InlineData("<s>a", "<s> a")]
    [InlineData("", "")]
    public void Stages_of_different_models_go_together(string text, string tokens)
    {
        var tokenizer = new Tokenizer(Mixed(
            new NormalizerSequence([new LowercaseNormalizer(), new NormalFormNormalizer(NormalForm.Nfc)]), new WhitespacePreTokenizer()));
        Assert.Equal($"<s> {tokens} </s>".Replace("  ", " ", StringComparison.Ordinal), string.Join(' ', tokenizer.Tokenize(text).Ids.Select(tokenizer.TokenOf)));
        Assert.Equal([0, 4, 2, 2, 4, 2], tokenizer.TokenizePair("a", "a").Ids);
        Assert.Equal(new SpecialTokens(1, 3, 0, 2, 7), tokenizer.SpecialTokens);
    }

    [Fact]
    public void A_lone_surrogate_is_a_replacement_character_without_a_normalizer_too() =>
        Assert.Equal([0, 4, 10, 2], new Tokenizer(Mixed(null, new BertPreTokenizer())).Tokenize("a\uD800").Ids);

    [Fact]
    public void A_vocabulary_is_loaded_from_a_file_alone()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("words.txt"), "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\n");
        File.WriteAllText(folder.File("tokenizer_config.json"), """{"do_lower_case": false}""");
        var tokenizer = Tokenizer.Load(folder.File("words.txt"));
        Assert.Equal([2, 4, 3], tokenizer.Tokenize("A").Ids);
        Assert.Null(tokenizer.SpecialTokens.Mask);
        Assert.Equal([2, 4, 3], Tokenizer.FromVocabulary(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a"]).Tokenize("A").Ids);
        Assert.Equal([2, 1, 3], Tokenizer.FromVocabulary(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a"], lowerCase: false).Tokenize("A").Ids);
    }

    [Fact]
    public void A_byte_level_vocabulary_needs_no_unknown_token()
    {
        string[] tokens = ["<s>", "<pad>", "</s>", .. ByteAlphabet.Characters.Select(character => $"{character}")];
        var names = SpecialTokenNames.Roberta with { Unknown = null, Mask = null };
        Assert.Null(new Tokenizer(TokenizerParts.Roberta(new Bpe(tokens, []), names: names)).SpecialTokens.Unknown);
    }

    private static TokenizerParts Mixed(INormalizer? normalizer, IPreTokenizer preTokenizer)
    {
        var model = new WordPiece(Vocabulary, "<unk>");
        return new TokenizerParts(
            normalizer,
            preTokenizer,
            model,
            new RobertaProcessing(new SpecialToken("<s>", 0), new SpecialToken("</s>", 2), TrimOffsets: true, AddPrefixSpace: false),
            SpecialTokenNames.Roberta,
            [new AddedToken(0, "<s>"), new AddedToken(7, "<mask>", LeftStrip: true)],
            null);
    }
}
