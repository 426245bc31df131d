using System.Text.Json.Nodes;
using MiCse.Files;
using MiCse.Tests.Data;
using MiCse.Tokenization;
using MiCse.Tokenization.Files;
using MiCse.Tokenization.Models;

namespace MiCse.Tests.Tokenization.Files;

public sealed class TokenizerFilesTests : IDisposable
{
    private const string Vocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##b\nÀ\n中\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_vocabulary_alone_is_an_uncased_tokenizer()
    {
        Write("vocab.txt", Vocabulary);
        var tokenizer = Tokenizer.Load(_folder.Path);
        Assert.Equal(9, tokenizer.VocabularySize);
        Assert.Equal(new SpecialTokens(0, 1, 2, 3, 4), tokenizer.SpecialTokens);
        Assert.Null(tokenizer.ModelMaxLength);
        Assert.Equal([2, 5, 6, 8, 4, 3], tokenizer.Tokenize("ab中[MASK]").Ids);
        Assert.Equal([2, 5, 3], tokenizer.Tokenize("À").Ids);
    }

    [Theory]
    [InlineData("""{"do_lower_case": false}""", "À A", "À [UNK]")]
    [InlineData("""{"do_lower_case": false, "strip_accents": true}""", "À a", "[UNK] a")]
    [InlineData("""{"tokenize_chinese_chars": false}""", "a中", "[UNK]")]
    [InlineData("""{"model_max_length": 1000000000000000019884624838656, "never_split": null}""", "a", "a")]
    public void Settings_of_the_configuration_count(string config, string text, string tokens)
    {
        Write("vocab.txt", Vocabulary);
        Write("tokenizer_config.json", config);
        AssertTokens(text, tokens);

        // Also where tokenizer.json says something else.
        Tokenizer.Load(_folder.Path).Save(_folder.Path);
        var json = JsonNode.Parse(File.ReadAllText(_folder.File("tokenizer.json")))!;
        json["normalizer"] = JsonNode.Parse("""{"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null, "lowercase": true}""");
        Write("tokenizer.json", json.ToJsonString());
        AssertTokens(text, tokens);
    }

    [Fact]
    public void The_names_of_special_tokens_come_from_the_files()
    {
        Write("vocab.txt", Vocabulary.Replace("[CLS]", "<first>", StringComparison.Ordinal).Replace("[MASK]", "x", StringComparison.Ordinal));
        Write("tokenizer_config.json", """{"cls_token": {"content": "<first>", "lstrip": false}, "model_max_length": 128}""");
        var tokenizer = Tokenizer.Load(_folder.Path);
        Assert.Equal(new SpecialTokens(0, 1, 2, 3, null), tokenizer.SpecialTokens);
        Assert.Equal(128, tokenizer.ModelMaxLength);
    }

    [Theory]
    [InlineData("vocab.txt")]
    [InlineData("vocab.json")]
    public void A_copy_holds_everything_and_gives_the_same_ids(string kind)
    {
        WriteSource(kind);
        Write("tokenizer_config.json", """{"model_max_length": 77}""");
        var target = _folder.File("copy");
        new TokenizerFiles(_folder.Path).CopyTo(target);
        Assert.Equal(kind == "vocab.txt" ? 4 : 5, Directory.GetFiles(target).Length);
        Assert.Equal(File.ReadAllText(_folder.File(kind)), File.ReadAllText(Path.Combine(target, kind)));
        AssertSame(Tokenizer.Load(_folder.Path), Tokenizer.Load(target));

        // The two kinds of files say the same: without tokenizer.json the vocabulary files are read, and the other way round.
        File.Delete(Path.Combine(target, "tokenizer.json"));
        AssertSame(Tokenizer.Load(_folder.Path), Tokenizer.Load(target));
        new TokenizerFiles(target).CopyTo(target);
        File.Delete(Path.Combine(target, kind));
        AssertSame(Tokenizer.Load(_folder.Path), Tokenizer.Load(target));
    }

    [Theory]
    [InlineData("vocab.txt", "normalizer", """{"type": "Precompiled"}""", "'normalizer.precompiled_charsmap' is missing", "a string")]
    [InlineData("vocab.txt", "normalizer", """{"type": "Precompiled", "precompiled_charsmap": "?"}""", "'normalizer.precompiled_charsmap' is no character map", "Base64")]
    [InlineData("vocab.txt", "normalizer", """{"type": "Precompiled", "precompiled_charsmap": "BAAAAAAAAAA="}""", "'normalizer.precompiled_charsmap' is no character map", "do not end")]
    [InlineData("vocab.txt", "normalizer", """{"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "ByteLevel"}]}""", "'normalizer.normalizers[1].type' is \"ByteLevel\"", "NFKC")]
    [InlineData("vocab.txt", "normalizer", """{"type": "Replace", "pattern": {"Regex": "(a)\\1"}, "content": " "}""", "'normalizer.pattern.Regex' is a regular expression with what is not implemented", "'\\1' (at character 6)")]
    [InlineData("vocab.txt", "pre_tokenizer", """{"type": "Metaspace"}""", "'pre_tokenizer.replacement' is missing", "a string")]
    [InlineData("vocab.txt", "pre_tokenizer", """{"type": "Metaspace", "replacement": "__"}""", "'pre_tokenizer.replacement' is \"__\"", "one character")]
    [InlineData("vocab.txt", "pre_tokenizer", """{"type": "Metaspace", "replacement": "_", "add_prefix_space": false, "prepend_scheme": "first"}""", "'pre_tokenizer.add_prefix_space' is false", "true with a 'prepend_scheme' of \"first\"")]
    [InlineData("vocab.txt", "pre_tokenizer", """{"type": "UnicodeScripts"}""", "'pre_tokenizer.type' is \"UnicodeScripts\"", "BertPreTokenizer")]
    [InlineData("vocab.txt", "pre_tokenizer", """{"type": "Split", "pattern": {"String": "a"}, "behavior": "isolated"}""", "'pre_tokenizer.behavior' is \"isolated\"", "Isolated")]
    [InlineData("vocab.txt", "pre_tokenizer", """{"type": "Split", "pattern": {"String": ""}, "behavior": "Isolated"}""", "'pre_tokenizer.pattern' is {\"String\"", "not empty")]
    [InlineData("vocab.txt", "pre_tokenizer", """{"type": "ByteLevel"}""", "'pre_tokenizer' is {\"type\"", "any but \"ByteLevel\"")]
    [InlineData("vocab.txt", "model", """{"type": "Unigram"}""", "'model.unk_id' is missing", "the id of a piece")]
    [InlineData("vocab.txt", "model", """{"type": "Unigram", "unk_id": 0, "vocab": {}}""", "'model.vocab' is {}", "an array of pieces")]
    [InlineData("vocab.txt", "model", """{"type": "Unigram", "unk_id": 0, "vocab": [["a", 0.5], ["b"]]}""", "'model.vocab[1]' is [", "a piece and its score")]
    [InlineData("vocab.txt", "model", """{"type": "Unigram", "unk_id": 2, "vocab": [["a", 0.5]]}""", "unknown piece has the id 2", "1 pieces")]
    [InlineData("vocab.txt", "model", """{"type": "Unigram", "unk_id": 0, "vocab": [["a", 1e999]]}""", "The score of piece 0", "not finite")]
    [InlineData("vocab.txt", "model", """{"type": "WordLevel", "unk_token": "b", "vocab": {"a": 0}}""", "no 'b'", "stands for words")]
    [InlineData("vocab.txt", "model", """{"type": "Transducer"}""", "'model.type' is \"Transducer\"", "WordPiece")]
    [InlineData("vocab.txt", "post_processor", """{"type": "RobertaProcessing"}""", "'post_processor.cls'", "a token and its id")]
    [InlineData("vocab.txt", "post_processor", """{"type": "BertProcessing", "cls": ["[CLS]", 3], "sep": ["[SEP]", 3]}""", "gives '[CLS]' the id 3", "vocabulary")]
    [InlineData("vocab.txt", "post_processor", """{"type": "ByteLevel"}""", "'post_processor' is {", "a template with a special token")]
    [InlineData("vocab.txt", "post_processor", """{"type": "TemplateProcessing", "single": [{"Sequence": {"id": "A", "type_id": 0}}], "pair": []}""", "'post_processor.pair' is []", "A and B once")]
    [InlineData("vocab.txt", "post_processor", """{"type": "TemplateProcessing", "single": [{"Sequence": {"id": "A", "type_id": 0}}], "pair": [{"Sequence": {"id": "A"}}, {"Sequence": {"id": "B"}}]}""", "'post_processor' is {", "special token before the text")]
    [InlineData("vocab.txt", "post_processor", """{"type": "TemplateProcessing", "single": [{"Sequence": {"id": "A", "type_id": 2}}], "pair": []}""", "'post_processor.single' is [", "type ids are 0")]
    [InlineData("vocab.txt", "added_tokens", """[{"id": 7, "content": "a"}]""", "'added_tokens[0].id' is 7", "5")]
    [InlineData("vocab.json", "pre_tokenizer", """{"type": "Sequence", "pretokenizers": [{"type": "ByteLevel"}, {"type": "WhitespaceSplit"}]}""", "'pre_tokenizer' is {", "\"ByteLevel\" once and at the end")]
    [InlineData("vocab.json", "model", """{"type": "BPE", "dropout": 0.1}""", "'model.dropout' is 0.1", "null")]
    [InlineData("vocab.json", "model", """{"type": "BPE", "byte_fallback": 1}""", "'model.byte_fallback' is 1", "true or false")]
    [InlineData("vocab.json", "model", """{"type": "BPE", "vocab": {"a": 0, "b": 0}}""", "'model.vocab.b' is 0", "no other token")]
    [InlineData("vocab.json", "model", """{"type": "BPE", "vocab": {"a": -1}}""", "'model.vocab.a' is -1", "between 0")]
    public void What_is_not_implemented_is_refused_by_name(string kind, string key, string value, string found, string supported)
    {
        WriteSource(kind);
        Tokenizer.Load(_folder.Path).Save(_folder.Path);
        var json = JsonNode.Parse(File.ReadAllText(_folder.File("tokenizer.json")))!;
        json[key] = JsonNode.Parse(value);
        Write("tokenizer.json", json.ToJsonString());
        AssertRefused("tokenizer.json", found, supported);
    }

    [Theory]
    [InlineData("sentencepiece.bpe.model")]
    [InlineData("spiece.model")]
    public void A_SentencePiece_model_alone_is_refused_with_what_to_do(string name)
    {
        Write(name, "\n");
        AssertRefused("", $"has the tokenizer as {name} alone", "write tokenizer.json beside it");
    }

    [Theory]
    [InlineData("""{"do_basic_tokenize": false}""", "'do_basic_tokenize' is false", "true")]
    [InlineData("""{"never_split": ["x"]}""", "'never_split[0]' is \"x\"", "null")]
    [InlineData("""{"truncation_side": "left"}""", "'truncation_side' is \"left\"", "right")]
    [InlineData("""{"tokenizer_class": "BertJapaneseTokenizer"}""", "'tokenizer_class' is \"BertJapaneseTokenizer\"", "BertTokenizer")]
    [InlineData("""{"do_lower_case": "yes"}""", "'do_lower_case' is \"yes\"", "true or false")]
    [InlineData("""{"cls_token": "<s>"}""", "no '<s>'", "role")]
    [InlineData("""{"cls_token": """, "is not JSON", "fetch")]
    [InlineData("[]", "the file is []", "an object")]
    public void A_configuration_that_cannot_be_followed_is_refused(string config, string found, string supported)
    {
        Write("vocab.txt", Vocabulary);
        Write("tokenizer_config.json", config);
        AssertRefused(null, found, supported);
    }

    [Fact]
    public void Missing_and_broken_files_are_named()
    {
        AssertRefused(null, "has no tokenizer", "vocab.txt");
        Write("vocab.json", "{\"a\": 0}");
        AssertRefused(null, "has no tokenizer", "merges.txt");
        Write("merges.txt", "#version: 0.2\na b c\n");
        AssertRefused("merges.txt", "line 2 is 'a b c'", "two tokens");
        Write("vocab.txt", "");
        AssertRefused("vocab.txt", "empty", "one token a line");
        File.WriteAllBytes(_folder.File("vocab.txt"), [0x61, 0xFF, 0x0A]);
        AssertRefused("vocab.txt", "not valid UTF-8", "");
        Assert.Throws<ModelFormatException>(() => Tokenizer.Load(_folder.File("nowhere")));
    }

    private void WriteSource(string kind)
    {
        if (kind == "vocab.txt")
        {
            Write(kind, Vocabulary);
            return;
        }

        string[] tokens = ["<s>", "<pad>", "</s>", "<unk>", .. ByteAlphabet.Characters.Select(character => $"{character}"), "ab", "<mask>"];
        Write(kind, new JsonObject(tokens.Select((token, id) => KeyValuePair.Create(token, (JsonNode?)id))).ToJsonString());
        Write("merges.txt", "#version: 0.2\na b\n");
    }

    private static void AssertSame(Tokenizer expected, Tokenizer found)
    {
        Assert.Equal(expected.Parts.Model.Name, found.Parts.Model.Name);
        Assert.Equal(expected.ModelMaxLength, found.ModelMaxLength);
        Assert.Equal(expected.SpecialTokens, found.SpecialTokens);
        Assert.Equal(expected.Parts.AddedTokens.OrderBy(token => token.Id), found.Parts.AddedTokens.OrderBy(token => token.Id));
        foreach (var text in (string[])["ab À中", "a <mask> [MASK]b", "\"\\\u0007\u00AD\U0001F600"])
        {
            Assert.Equal(expected.Tokenize(text).Ids, found.Tokenize(text).Ids);
        }
    }

    private void AssertTokens(string text, string tokens)
    {
        var tokenizer = Tokenizer.Load(_folder.Path);
        Assert.Equal($"[CLS] {tokens} [SEP]", string.Join(' ', tokenizer.Tokenize(text).Ids.Select(tokenizer.TokenOf)));
    }

    private void AssertRefused(string? file, params string[] parts)
    {
        var exception = Assert.Throws<ModelFormatException>(() => Tokenizer.Load(_folder.Path));
        Assert.All(parts, part => Assert.Contains(part, exception.Message, StringComparison.Ordinal));
        Assert.EndsWith(file ?? "", exception.Path, StringComparison.Ordinal);
    }

    private void Write(string name, string content) => File.WriteAllText(_folder.File(name), content);
}
