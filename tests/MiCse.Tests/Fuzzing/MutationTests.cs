using MiCse.Files;

namespace MiCse.Tests.Fuzzing;

/// <summary>
/// Every file format, damaged in thousands of ways: read, or refused in a sentence. The counts keep all formats together at about a minute;
/// <c>MICSE_MUTATIONS=100000 dotnet test</c> tries as many of each.
/// </summary>
public sealed class MutationTests : IDisposable
{
    private readonly SmallFormats _formats = new();

    public static TheoryData<string, int> Formats => new()
    {
        { "safetensors", 500 }, { "pytorch-zip", 500 }, { "pytorch-deflated", 500 }, { "pytorch-legacy", 500 }, { "onnx", 5_000 },
        { "shard-index", 500 }, { "vocab.json", 500 }, { "merges.txt", 500 }, { "added_tokens.json", 500 }, { "vocab.txt", 500 },
        { "tokenizer_config.json", 500 }, { "special_tokens_map.json", 5_000 }, { "tokenizer.json", 500 }, { "unigram-tokenizer.json", 5_000 }, { "split-tokenizer.json", 5_000 }, { "config.json", 500 },
        { "modules.json", 500 }, { "1_Pooling/config.json", 500 }, { "sentence_bert_config.json", 500 }, { "config_sentence_transformers.json", 500 },
        { "index.json", 500 }, { "index-rows", 500 }, { "index-texts", 500 }, { "jsonl", 5_000 }, { "csv", 5_000 }, { "parquet", 5_000 },
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
