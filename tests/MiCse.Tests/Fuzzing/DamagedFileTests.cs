using System.Text;
using MiCse.Files;

namespace MiCse.Tests.Fuzzing;

/// <summary>Damaged files that once gave an exception that no documentation names.</summary>
public sealed class DamagedFileTests : IDisposable
{
    private readonly SmallFormats _formats = new();

    public void Dispose() => _formats.Dispose();

    public static TheoryData<string, string> Files => new()
    {
        { "1_Pooling_config.json-InvalidOperationException-0.bin", "1_Pooling/config.json" },
        { "added_tokens.json-IndexOutOfRangeException-0.bin", "added_tokens.json" },
        { "bpe-tokenizer.json-InvalidOperationException-0.bin", "tokenizer.json" },
        { "config.json-InvalidOperationException-1.bin", "config.json" },
        { "config.json-InvalidOperationException-3.bin", "config.json" },
        { "index-AggregateException-0.bin", "index-texts" },
        { "jsonl-InvalidOperationException-1.bin", "jsonl" },
        { "modules.json-InvalidOperationException-0.bin", "modules.json" },
        { "modules.json-InvalidOperationException-4.bin", "modules.json" },
        { "onnx-OverflowException-0.bin", "onnx" },
        { "shard-index-InvalidOperationException-1.bin", "shard-index" },
        { "tokenizer.json-InvalidOperationException-1.bin", "tokenizer.json" },
        { "bomb_nest.bin", "pytorch-zip" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void A_damaged_file_is_refused_in_a_sentence(string name, string format) =>
        AssertRefused(format, File.ReadAllBytes(Fixture.Shared("fixtures", "field", "damaged", name)));

    [Theory]
    [InlineData("jsonl", """{"\udc00x":"a"}""")]
    [InlineData("jsonl", """{"a":"\ud800"}""")]
    [InlineData("config.json", """{"model_type":"\udc00x"}""")]
    [InlineData("config.json", """{"model_type":"bert","\ud800":1}""")]
    [InlineData("modules.json", """[{"idx":0,"name":"0","path":"","type":"\ud800"}]""")]
    [InlineData("1_Pooling/config.json", """{"\udfff":8}""")]
    [InlineData("sentence_bert_config.json", """{"max_seq_length":16,"\ud800":true}""")]
    [InlineData("config_sentence_transformers.json", """{"prompts":{"query":"\ud800"}}""")]
    [InlineData("shard-index", """{"weight_map":{"\ud800":"model-00001-of-00002.safetensors"}}""")]
    [InlineData("tokenizer.json", """{"version":"\ud800"}""")]
    [InlineData("tokenizer_config.json", """{"\ud800":true}""")]
    [InlineData("special_tokens_map.json", """{"cls_token":"\udc00"}""")]
    [InlineData("vocab.json", """{"\ud800":0}""")]
    [InlineData("vocab.json", """{"<s>":0,"<pad>":1,"</s>":2,"<unk>":3,"<mask>":9999999}""")]
    [InlineData("vocab.json", """{"<s>":-1}""")]
    [InlineData("added_tokens.json", """{"<new1>":-1}""")]
    [InlineData("added_tokens.json", """{"<new1>":2147483647}""")]
    [InlineData("added_tokens.json", """{"<new1>":99999999999999999999}""")]
    [InlineData("added_tokens.json", """{"<new1>":1.5}""")]
    [InlineData("added_tokens.json", """{"\ud800":12}""")]
    [InlineData("merges.txt", "a b c d\n")]
    [InlineData("index.json", """{"checksum":"\ud800","index":{}}""")]
    public void Text_that_no_reader_expects_is_refused_in_a_sentence(string format, string text) => AssertRefused(format, Encoding.UTF8.GetBytes(text));

    [Theory]
    [InlineData("vocab.txt")]
    [InlineData("vocab.json")]
    [InlineData("merges.txt")]
    [InlineData("added_tokens.json")]
    [InlineData("tokenizer.json")]
    [InlineData("tokenizer_config.json")]
    [InlineData("special_tokens_map.json")]
    [InlineData("config.json")]
    [InlineData("modules.json")]
    [InlineData("safetensors")]
    [InlineData("shard-index")]
    public void A_git_lfs_pointer_is_named(string format)
    {
        var (_, read) = _formats.Open(format);
        var pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 231508\n"u8.ToArray();
        Assert.Contains("git lfs pull", Assert.Throws<ModelFormatException>(() => read(pointer)).Message, StringComparison.Ordinal);
    }

    /// <summary>One dimension of 2^62 and one of 4: their product does not fit 64 bits.</summary>
    [Theory]
    [InlineData(1L << 62, 4)]
    [InlineData(-1, -2)]
    [InlineData(long.MaxValue, long.MaxValue)]
    public void An_onnx_shape_whose_product_overflows_is_refused(long rows, long columns)
    {
        byte[] tensor = [8, .. Variable(rows), 8, .. Variable(columns), 16, 1, 66, 1, (byte)'w', 74, 8, .. new byte[8]];
        byte[] graph = [42, .. Variable(tensor.Length), .. tensor];
        AssertRefused("onnx", [8, 8, 18, 5, .. "MiCse"u8, 58, .. Variable(graph.Length), .. graph]);
    }

    private static byte[] Variable(long value)
    {
        var bytes = new List<byte>();
        for (var rest = (ulong)value; ; rest >>= 7)
        {
            if (rest < 0x80)
            {
                return [.. bytes, (byte)rest];
            }

            bytes.Add((byte)(rest | 0x80));
        }
    }

    private void AssertRefused(string format, byte[] bytes)
    {
        var (_, read) = _formats.Open(format);
        var refused = false;
        var failure = MutationRun.Failure(
            bytes,
            damaged =>
            {
                try
                {
                    read(damaged);
                }
                catch (Exception)
                {
                    refused = true;
                    throw;
                }
            },
            other => other is ModelFormatException or DataFormatException);
        Assert.Null(failure);
        Assert.True(refused, "It was read.");
    }
}
