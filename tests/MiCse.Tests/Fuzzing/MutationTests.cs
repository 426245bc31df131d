using MiCse.Files;

namespace MiCse.Tests.Fuzzing;

/// <summary>Every file format, damaged in thousands of ways: read, or refused in a sentence.</summary>
public sealed class MutationTests : IDisposable
{
    private readonly SmallFormats _formats = new();

    public static TheoryData<string, int> Formats => new()
    {
        { "safetensors", 5_000 }, { "pytorch-zip", 5_000 }, { "pytorch-deflated", 5_000 }, { "pytorch-legacy", 5_000 }, { "onnx", 5_000 },
        { "shard-index", 5_000 }, { "vocab.json", 5_000 }, { "merges.txt", 5_000 }, { "added_tokens.json", 5_000 }, { "vocab.txt", 5_000 },
        { "tokenizer_config.json", 5_000 }, { "special_tokens_map.json", 5_000 }, { "tokenizer.json", 5_000 }, { "config.json", 5_000 },
        { "modules.json", 5_000 }, { "1_Pooling/config.json", 5_000 }, { "sentence_bert_config.json", 5_000 }, { "config_sentence_transformers.json", 5_000 },
        { "index.json", 5_000 }, { "index-rows", 5_000 }, { "index-texts", 5_000 }, { "jsonl", 5_000 }, { "csv", 5_000 }, { "parquet", 5_000 },
    };

    public void Dispose() => _formats.Dispose();

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_damaged_file_is_read_or_refused_in_a_sentence(string format, int count)
    {
        var (whole, read) = _formats.Open(format);
        read(whole);
        MutationRun.Check(whole, count, read, failure => failure is ModelFormatException or DataFormatException);
    }
}
