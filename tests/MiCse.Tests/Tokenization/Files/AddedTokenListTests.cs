using System.Text.Json.Nodes;
using MiCse.Files;
using MiCse.Tests.Data;
using MiCse.Tokenization;
using MiCse.Tokenization.Files;
using MiCse.Tokenization.Models;
using MiCse.Tokenization.Text;

namespace MiCse.Tests.Tokenization.Files;

/// <summary>Added tokens that the files beside a vocabulary or a tokenizer.json name, as transformers takes them.</summary>
public sealed class AddedTokenListTests : IDisposable
{
    private const string Vocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##b\n[unused1]\nb\n";

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Kinds => ["vocab.txt", "vocab.json", "vocab.txt/tokenizer.json", "vocab.json/tokenizer.json"];

    public static TheoryData<string, string, string> Lists
    {
        get
        {
            var lists = new TheoryData<string, string, string>();
            foreach (var kind in Kinds.Select(row => row.Data))
            {
                lists.Add(kind, "special_tokens_map.json", """{"additional_special_tokens": ["[unused1]", {"content": "<new>", "lstrip": false}]}""");
                lists.Add(kind, "tokenizer_config.json", """{"additional_special_tokens": [{"content": "[unused1]"}, "<new>"]}""");
                lists.Add(kind, "tokenizer_config.json", """{"extra_special_tokens": {"first": "[unused1]", "second": "<new>"}}""");
                lists.Add(kind, "tokenizer_config.json", """{"added_tokens_decoder": {"900": {"content": "<new>", "special": true}, "7": {"content": "[unused1]", "special": true}}}""");
                lists.Add(kind, "added_tokens.json", """{"<new>": 900, "[unused1]": 7}""");
            }

            return lists;
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("vocab.txt", "special_tokens_map.json")]
    [InlineData("tokenizer.json", "special_tokens_map.json")]
    [InlineData("vocab.txt", "tokenizer_config.json")]
    [InlineData("tokenizer.json", "tokenizer_config.json")]
    public void Tokens_of_the_vocabulary_keep_their_ids(string vocabulary, string settings)
    {
        File.Copy(Fixture.Shared("data", "bert-base-uncased", vocabulary), _folder.File(vocabulary));
        var source = settings == "special_tokens_map.json" ? settings : "tokenizer_config-beside-tokenizer_json.json";
        File.Copy(Fixture.Shared("fixtures", "field", "05-special-tokens", source), _folder.File(settings));
        var tokenizer = Tokenizer.Load(_folder.Path);
        Assert.Equal([101, 1996, 2, 4937, 3, 102], tokenizer.Tokenize("the [unused1] cat [unused2]").Ids);
        Assert.Equal(30522, tokenizer.VocabularySize);
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public void Others_get_the_next_id(string kind, string file, string content)
    {
        var size = WriteSource(kind);
        Write(file, content);
        var tokenizer = Tokenizer.Load(_folder.Path);
        Assert.Equal(size + 1, tokenizer.VocabularySize);
        Assert.Equal("<new>", tokenizer.TokenOf(size));
        Assert.Equal(Tokens(tokenizer, "a<new>[unused1]b"), ["a", "<new>", "[unused1]", "b"]);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Each_has_its_own_settings_which_are_saved_again(string kind)
    {
        WriteSource(kind);
        Write(
            "tokenizer_config.json",
            """
            {"additional_special_tokens": [{"content": "<l>", "lstrip": true}, {"content": "<r>", "rstrip": true, "normalized": false}, {"content": "<w>", "single_word": true}],
             "added_tokens_decoder": {"50": {"content": "[MASK]", "lstrip": true, "special": true}, "51": {"content": "b", "special": false, "normalized": true}}}
            """);
        Write("special_tokens_map.json", """{"additional_special_tokens": ["<l>", "<also>"]}""");
        Check(Tokenizer.Load(_folder.Path));

        Tokenizer.Load(_folder.Path).Save(_folder.File("saved"));
        Check(Tokenizer.Load(_folder.File("saved")));
        foreach (var (name, index) in ((string[])["tokenizer.json", "tokenizer_config.json"]).Select((name, index) => (name, index)))
        {
            var copy = _folder.File($"copy{index}");
            new TokenizerFiles(_folder.File("saved")).CopyTo(copy);
            File.Delete(Path.Combine(copy, name));
            var tokenizer = Tokenizer.Load(copy);
            Assert.Equal(Tokens(tokenizer, "a <l>\n<r> <also>[unused1]"), Tokens(Tokenizer.Load(_folder.Path), "a <l>\n<r> <also>[unused1]"));
        }

        static void Check(Tokenizer tokenizer)
        {
            AddedToken Find(string content) => Assert.Single(tokenizer.Parts.AddedTokens, token => token.Content == content) with { Id = 0 };

            Assert.Equal(new AddedToken(0, "<l>", LeftStrip: true), Find("<l>"));
            Assert.Equal(new AddedToken(0, "<r>", RightStrip: true), Find("<r>"));
            Assert.Equal(new AddedToken(0, "<w>", SingleWord: true), Find("<w>"));
            Assert.Equal(new AddedToken(0, "<also>"), Find("<also>"));
            Assert.Equal(new AddedToken(0, "[MASK]", LeftStrip: true), Find("[MASK]"));
            Assert.Equal(new AddedToken(0, "b", Normalized: true, Special: false), Find("b"));
            Assert.Equal(["a", "<l>", "<r>", "b", "b"], Tokens(tokenizer, "a \n<l><r> \nbb"));
        }
    }

    [Theory]
    [InlineData("special_tokens_map.json", """{"additional_special_tokens": "<x>"}""", "'additional_special_tokens' is \"<x>\"", "an array")]
    [InlineData("special_tokens_map.json", """{"additional_special_tokens": [1]}""", "'additional_special_tokens[0]' is 1", "a string")]
    [InlineData("tokenizer_config.json", """{"additional_special_tokens": [{}]}""", "'additional_special_tokens[0].content' is missing", "a string")]
    [InlineData("tokenizer_config.json", """{"added_tokens_decoder": {"x": {"content": "<x>"}}}""", "'added_tokens_decoder.x' is {", "named by its id")]
    [InlineData("tokenizer_config.json", """{"added_tokens_decoder": {"-1": {"content": "<x>"}}}""", "'added_tokens_decoder.-1' is {", "named by its id")]
    [InlineData("added_tokens.json", """{"<x>": -1}""", "'<x>' is -1", "an id between 0")]
    [InlineData("added_tokens.json", """{"<x>": 2000000000}""", "'<x>' is 2000000000", "an id between 0")]
    public void Broken_lists_are_refused(string file, string content, string found, string supported)
    {
        foreach (var kind in Kinds.Select(row => row.Data))
        {
            WriteSource(kind);
            Write(file, content);
            var exception = Assert.Throws<ModelFormatException>(() => Tokenizer.Load(_folder.Path));
            Assert.Contains(found, exception.Message, StringComparison.Ordinal);
            Assert.Contains(supported, exception.Message, StringComparison.Ordinal);
            Assert.Equal(_folder.File(file), exception.Path);
            Array.ForEach(Directory.GetFiles(_folder.Path), File.Delete);
        }
    }

    private static IEnumerable<string> Tokens(Tokenizer tokenizer, string text) => tokenizer.Tokenize(text).Ids[1..^1].Select(tokenizer.TokenOf);

    /// <summary>Writes a small tokenizer without the files that describe added tokens.</summary>
    /// <returns>The size of its vocabulary.</returns>
    private int WriteSource(string kind)
    {
        var bpe = kind.StartsWith("vocab.json", StringComparison.Ordinal);
        string[] tokens = ["<s>", "<pad>", "</s>", "<unk>", .. ByteAlphabet.Characters.Select(character => $"{character}"), "[unused1]", "[MASK]", "<mask>"];
        if (bpe)
        {
            Write("vocab.json", new JsonObject(tokens.Select((token, id) => KeyValuePair.Create(token, (JsonNode?)id))).ToJsonString());
            Write("merges.txt", "#version: 0.2\n");
        }
        else
        {
            Write("vocab.txt", Vocabulary);
        }

        if (kind.EndsWith("tokenizer.json", StringComparison.Ordinal))
        {
            var source = _folder.File("source");
            Tokenizer.Load(_folder.Path).Save(source);
            File.Copy(Path.Combine(source, "tokenizer.json"), _folder.File("tokenizer.json"));
            Directory.Delete(source, recursive: true);
            Array.ForEach(["vocab.txt", "vocab.json", "merges.txt"], name => File.Delete(_folder.File(name)));
        }

        return bpe ? tokens.Length : 9;
    }

    private void Write(string name, string content) => File.WriteAllText(_folder.File(name), content);
}
