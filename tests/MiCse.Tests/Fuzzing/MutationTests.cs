using MiCse.Files;
using MiCse.Hub;

namespace MiCse.Tests.Fuzzing;

/// <summary>
/// Every file format, damaged in thousands of ways: read, or refused in a sentence. A class for each kind of file, so that they are read at the same time;
/// <c>MICSE_MUTATIONS=100000 dotnet test</c> tries as many of each.
/// </summary>
public abstract class MutationTests : IDisposable
{
    private const int Count = 5_000;

    private readonly SmallFormats _formats = new();

    /// <summary>Deletes the files.</summary>
    public void Dispose()
    {
        _formats.Dispose();
        GC.SuppressFinalize(this);
    }

    protected void Check(string format)
    {
        var (whole, read) = _formats.Open(format);
        read(whole);
        MutationRun.Check(whole, Count, read, failure => failure is ModelFormatException or DataFormatException or HubException);
    }
}

/// <summary>Weights.</summary>
public sealed class CheckpointMutationTests : MutationTests
{
    [Theory]
    [InlineData("safetensors")]
    [InlineData("pytorch-zip")]
    [InlineData("pytorch-deflated")]
    [InlineData("pytorch-legacy")]
    [InlineData("onnx")]
    [InlineData("onnx-foreign")]
    [InlineData("shard-index")]
    public void A_damaged_file_is_read_or_refused_in_a_sentence(string format) => Check(format);
}

/// <summary>Tokenizers.</summary>
public sealed class TokenizerMutationTests : MutationTests
{
    [Theory]
    [InlineData("tokenizer.json")]
    [InlineData("unigram-tokenizer.json")]
    [InlineData("split-tokenizer.json")]
    [InlineData("vocab.txt")]
    [InlineData("vocab.json")]
    [InlineData("merges.txt")]
    [InlineData("added_tokens.json")]
    [InlineData("tokenizer_config.json")]
    [InlineData("special_tokens_map.json")]
    public void A_damaged_file_is_read_or_refused_in_a_sentence(string format) => Check(format);
}

/// <summary>The settings in a model's folder.</summary>
public sealed class ModelFolderMutationTests : MutationTests
{
    [Theory]
    [InlineData("config.json")]
    [InlineData("mpnet")]
    [InlineData("modernbert")]
    [InlineData("nomic_bert")]
    [InlineData("albert")]
    [InlineData("electra")]
    [InlineData("modules.json")]
    [InlineData("1_Pooling/config.json")]
    [InlineData("sentence_bert_config.json")]
    [InlineData("config_sentence_transformers.json")]
    [InlineData("golden-vectors")]
    [InlineData("hub-listing")]
    public void A_damaged_file_is_read_or_refused_in_a_sentence(string format) => Check(format);
}

/// <summary>Modules after the transformer, and static embeddings.</summary>
public sealed class ModuleMutationTests : MutationTests
{
    [Theory]
    [InlineData("2_Dense/config.json")]
    [InlineData("2_Dense/model.safetensors")]
    [InlineData("3_LayerNorm/config.json")]
    [InlineData("static-modules")]
    [InlineData("static-safetensors")]
    [InlineData("static-tokenizer")]
    [InlineData("model2vec-config")]
    [InlineData("model2vec-safetensors")]
    public void A_damaged_file_is_read_or_refused_in_a_sentence(string format) => Check(format);
}

/// <summary>What is kept of texts: indexes and maps.</summary>
public sealed class IndexMutationTests : MutationTests
{
    [Theory]
    [InlineData("index.json")]
    [InlineData("index-rows")]
    [InlineData("index-texts")]
    [InlineData("map")]
    public void A_damaged_file_is_read_or_refused_in_a_sentence(string format) => Check(format);
}

/// <summary>Files of texts.</summary>
public sealed class TextMutationTests : MutationTests
{
    [Theory]
    [InlineData("txt")]
    [InlineData("jsonl")]
    [InlineData("csv")]
    [InlineData("tsv")]
    [InlineData("parquet")]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public void A_damaged_file_is_read_or_refused_in_a_sentence(string format) => Check(format);
}
