using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MiCse.Files;
using MiCse.Tokenization.Files;

namespace MiCse.Tests.Tokenization.Files;

public class StageTableTests
{
    [Theory]
    [InlineData("""{"type": "BertNormalizer", "clean_text": false, "handle_chinese_chars": true, "strip_accents": null, "lowercase": false}""")]
    [InlineData("""{"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": false, "strip_accents": true, "lowercase": true}""")]
    [InlineData("""{"type": "NFC"}""")]
    [InlineData("""{"type": "NFD"}""")]
    [InlineData("""{"type": "NFKC"}""")]
    [InlineData("""{"type": "NFKD"}""")]
    [InlineData("""{"type": "Strip", "strip_left": false, "strip_right": true}""")]
    [InlineData("""{"type": "Prepend", "prepend": "▁"}""")]
    [InlineData("""{"type": "Sequence", "normalizers": [{"type": "Replace", "pattern": {"String": "``"}, "content": "\""}, {"type": "Lowercase"}, {"type": "Sequence", "normalizers": [{"type": "StripAccents"}]}]}""")]
    [InlineData("""{"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}""")]
    [InlineData("""{"type": "Nmt"}""")]
    public void Normalizers_are_written_as_they_are_read(string json) => AssertSame(NormalizerTable.Table, json);

    [Theory]
    [InlineData("""{"type": "BertPreTokenizer"}""")]
    [InlineData("""{"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": false, "use_regex": false}""")]
    [InlineData("""{"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, {"type": "Whitespace"}]}""")]
    [InlineData("""{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": false}""")]
    [InlineData("""{"type": "Metaspace", "replacement": "_", "str_rep": "_", "add_prefix_space": true}""")]
    [InlineData("""{"type": "Metaspace", "replacement": "▁", "add_prefix_space": false}""")]
    [InlineData("""{"type": "Split", "pattern": {"Regex": "\\s+"}, "behavior": "MergedWithPrevious", "invert": true}""")]
    [InlineData("""{"type": "Split", "pattern": {"String": "a."}, "behavior": "Removed", "invert": false}""")]
    [InlineData("""{"type": "Punctuation", "behavior": "Contiguous"}""")]
    [InlineData("""{"type": "Digits", "individual_digits": true}""")]
    [InlineData("""{"type": "CharDelimiterSplit", "delimiter": "é"}""")]
    public void Pre_tokenizers_are_written_as_they_are_read(string json) => AssertSame(PreTokenizerTable.Table, json);

    [Theory]
    [InlineData("""{"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]}""")]
    [InlineData("""{"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0], "trim_offsets": false, "add_prefix_space": true}""")]
    [InlineData("""
        {"type": "Sequence", "processors": [
          {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": false, "use_regex": true},
          {"type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
            "pair": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 2}}, {"Sequence": {"id": "A", "type_id": 0}}],
            "special_tokens": {"<s>": {"id": "<s>", "ids": [5], "tokens": ["<s>"]}}}]}
        """)]
    public void Post_processors_are_written_as_they_are_read(string json) => AssertSame(PostProcessorTable.Table, json);

    [Theory]
    [InlineData("""{"type": "WordPiece", "unk_token": "?", "continuing_subword_prefix": "+", "max_input_chars_per_word": 7, "vocab": {"?": 0, "+a": 2}}""")]
    [InlineData("""{"type": "BPE", "dropout": null, "unk_token": "a", "continuing_subword_prefix": "", "end_of_word_suffix": "", "fuse_unk": false, "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}""")]
    [InlineData("""{"type": "BPE", "dropout": null, "unk_token": "a", "continuing_subword_prefix": null, "end_of_word_suffix": null, "fuse_unk": true, "byte_fallback": true, "ignore_merges": true, "vocab": {"a": 0, " b": 1, "a b": 2}, "merges": [["a", " b"]]}""")]
    [InlineData("""{"type": "Unigram", "unk_id": 1, "vocab": [["a", -1.25], ["▁b", 0.1]], "byte_fallback": true}""")]
    [InlineData("""{"type": "WordLevel", "vocab": {"a": 0, "b": 2}, "unk_token": "a"}""")]
    public void Models_are_written_as_they_are_read(string json) =>
        AssertSame(json, Write(writer => ModelTable.Write(writer, ModelTable.Read(Setting(json)))));

    [Fact]
    public void Merges_and_types_of_old_files_are_read()
    {
        const string Old = """{"unk_token": null, "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}""";
        Assert.Contains("\"a b\"", Write(writer => ModelTable.Write(writer, ModelTable.Read(Setting(Old)))), StringComparison.Ordinal);
        Assert.Equal("Unigram", ModelTable.Read(Setting("""{"unk_id": 0, "vocab": [["a", 0.0]]}""")).Name);
        Assert.Equal("WordPiece", ModelTable.Read(Setting("""{"vocab": {"[UNK]": 0}}""")).Name);
    }

    [Fact]
    public void An_unknown_type_is_refused_with_all_that_are_known()
    {
        var refused = Assert.Throws<ModelFormatException>(() => PreTokenizerTable.Table.Read(Setting("""{"type": "UnicodeScripts"}""")));
        Assert.Contains(
            "'type' is \"UnicodeScripts\", supported is \"BertPreTokenizer\" or \"ByteLevel\" or \"Whitespace\" or \"WhitespaceSplit\" or \"Metaspace\" or \"Split\" or ",
            refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_templates_are_one_too_many()
    {
        const string Bert = """{"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]}""";
        var refused = Assert.Throws<ModelFormatException>(
            () => PostProcessorTable.Table.Read(Setting($$"""{"type": "Sequence", "processors": [{{Bert}}, {{Bert}}]}""")));
        Assert.Contains("one at most adds special tokens", refused.Message, StringComparison.Ordinal);
    }

    private static void AssertSame<TStage>(StageTable<TStage> table, string json)
        where TStage : class => AssertSame(json, Write(writer => table.Write(writer, table.Read(Setting(json)))));

    private static void AssertSame(string expected, string found) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(found)), found);

    private static JsonSetting Setting(string json) => new("memory", "", JsonDocument.Parse(json).RootElement);

    private static string Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            write(json);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
