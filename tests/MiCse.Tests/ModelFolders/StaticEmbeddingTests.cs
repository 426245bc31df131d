using MiCse.Export;
using MiCse.Files;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tensors;
using MiCse.Tests.Data;
using MiCse.Tokenization;

namespace MiCse.Tests.ModelFolders;

public sealed class StaticEmbeddingTests : IDisposable
{
    private const double Tolerance = 2e-6;

    private static readonly string[] s_texts = ["the cat sat on the mat.", "dogs", "", "zebra", "The zebra sat", "  cat  "];

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("0_StaticEmbedding")]
    [InlineData("")]
    [InlineData(".")]
    public void Sentence_transformers_takes_the_mean_of_all_tokens(string inner)
    {
        using var encoder = SentenceEncoder.Load(StaticFolder.WriteSentenceTransformers(_folder.File("model"), inner));
        Assert.Equal((StaticFolder.Dimensions, int.MaxValue), (encoder.Dimensions, encoder.MaxTokens));
        Close.Assert(StaticFolder.Mean(2, 3, 5, 6, 2, 7, 9), encoder.Encode(s_texts[0], Token), Tolerance);
        Close.Assert(StaticFolder.Mean(4, 8), encoder.Encode("dogs", Token), Tolerance);
        Close.Assert(StaticFolder.Mean(1), encoder.Encode("zebra", Token), Tolerance);
        Assert.Equal(new float[StaticFolder.Dimensions], encoder.Encode("", Token));
        AssertBatch(encoder);
    }

    [Fact]
    public void Modules_follow_the_mean()
    {
        var path = StaticFolder.WriteSentenceTransformers(_folder.File("model"), modules: ["Dense", "Dropout", "Normalize"]);
        var dense = Directory.CreateDirectory(Path.Combine(path, "1_Dense")).FullName;
        float[] weight = [.. Enumerable.Range(0, 4 * StaticFolder.Dimensions).Select(index => MathF.Cos(index))];
        File.WriteAllText(Path.Combine(dense, "config.json"), """{"in_features":6,"out_features":4,"bias":false,"activation_function":"torch.nn.modules.activation.Tanh"}""");
        StaticFolder.Write(dense, Tensor.From("linear.weight", [4, StaticFolder.Dimensions], weight));

        using var encoder = SentenceEncoder.Load(path);
        var mean = StaticFolder.Mean(2, 3);
        float[] expected = [.. Enumerable.Range(0, 4).Select(row => (float)Math.Tanh(mean.Select((value, d) => (double)value * weight[(row * StaticFolder.Dimensions) + d]).Sum()))];
        Close.Assert(StaticFolder.Unit(expected), encoder.Encode("the cat", Token), Tolerance);
        AssertBatch(encoder);
        AssertExported(encoder);
    }

    [Fact]
    public void Model2vec_leaves_unknown_tokens_out()
    {
        using var encoder = SentenceEncoder.Load(StaticFolder.WriteModel2Vec(_folder.File("model"), normalize: true));
        Assert.Equal(512, encoder.MaxTokens);
        Close.Assert(StaticFolder.Unit(StaticFolder.Mean(2, 5)), encoder.Encode("The zebra sat", Token), Tolerance);
        Assert.Equal(new float[StaticFolder.Dimensions], encoder.Encode("zebra", Token));
        AssertBatch(encoder);
        AssertExported(encoder);
    }

    [Fact]
    public void Model2vec_shares_rows_and_weighs_tokens()
    {
        float[] weights = [.. Enumerable.Range(0, StaticFolder.Vocabulary.Length).Select(id => 0.5f + id)];
        long[] mapping = [0, 0, 1, 2, 2, 1, 0, 3, 3, 3];
        var table = StaticFolder.Table[..(4 * StaticFolder.Dimensions)];
        var path = StaticFolder.WriteModel2Vec(
            _folder.File("model"),
            normalize: false,
            Tensor.From("embeddings", [4, StaticFolder.Dimensions], table),
            Tensor.From("weights", [weights.Length], weights),
            StaticFolder.Of("mapping", TensorType.Int64, [mapping.Length], mapping));
        using var encoder = SentenceEncoder.Load(path);
        int[] ids = [2, 4, 8]; // the dog ##s
        float[] expected = [.. Enumerable.Range(0, StaticFolder.Dimensions).Select(d => (float)ids.Average(id => (double)weights[id] * table[(mapping[id] * StaticFolder.Dimensions) + d]))];
        Close.Assert(expected, encoder.Encode("the dogs", Token), 1e-5);
        AssertBatch(encoder);
        AssertExported(encoder);
    }

    [Theory]
    [InlineData(TensorType.Float16, 2e-3)]
    [InlineData(TensorType.Int8, 0.51)]
    public void Smaller_tables_are_read(TensorType type, double tolerance)
    {
        long[] shape = [StaticFolder.Vocabulary.Length, StaticFolder.Dimensions];
        var table = type == TensorType.Int8
            ? StaticFolder.Of("embeddings", type, shape, Array.ConvertAll(StaticFolder.Table, value => (sbyte)Math.Round(value)))
            : StaticFolder.Of("embeddings", type, shape, Array.ConvertAll(StaticFolder.Table, value => (Half)value));
        using var encoder = SentenceEncoder.Load(StaticFolder.WriteModel2Vec(_folder.File("model"), normalize: false, table));
        Close.Assert(StaticFolder.Mean(2, 3), encoder.Encode("the cat", Token), tolerance);
        AssertExported(encoder);
    }

    [Fact]
    public void Model2vec_reads_no_more_characters_than_its_tokens_usually_have()
    {
        using var encoder = SentenceEncoder.Load(StaticFolder.WriteModel2Vec(_folder.File("model"), normalize: false), new SentenceEncoderOptions { MaxTokens = 3 });
        // Three tokens of three characters: "the dog c", in which "c" is unknown.
        var encoded = encoder.Encode(["the dog cat sat", "the cat", "the the s"], cancellationToken: Token);
        Assert.Equal([2, 2, 2], encoded.TokenCounts);
        Assert.Equal([true, false, false], encoded.Truncated);
        Close.Assert(StaticFolder.Mean(2, 4), encoded.Embeddings[0].ToArray(), Tolerance);
    }

    [Fact]
    public void Prompts_dimensions_and_lengths_are_honoured()
    {
        var path = StaticFolder.WriteSentenceTransformers(_folder.File("model"));
        File.WriteAllText(Path.Combine(path, "config_sentence_transformers.json"), """{"prompts":{"query":"the "},"similarity_fn_name":"manhattan"}""");
        using var encoder = SentenceEncoder.Load(path, new SentenceEncoderOptions { Dimensions = 4, Normalize = true });
        Close.Assert(StaticFolder.Unit(StaticFolder.Mean(2, 3)[..4]), encoder.EncodeQuery("cat", Token), Tolerance);
        Close.Assert(StaticFolder.Unit(StaticFolder.Mean(3)[..4]), encoder.EncodeDocument("cat", Token), Tolerance);
        var (cat, dog) = (encoder.Encode("cat", Token), encoder.Encode("dog", Token));
        Assert.Equal(-cat.Zip(dog).Sum(pair => Math.Abs((double)pair.First - pair.Second)), encoder.Similarity("cat", "dog"), 6);
    }

    [Fact]
    public void There_is_no_graph_of_a_table()
    {
        var path = StaticFolder.WriteSentenceTransformers(_folder.File("model"));
        Assert.Contains("export it as safetensors", Assert.Throws<ModelFormatException>(() =>
            OnnxExport.Write(_folder.File("onnx"), ModelFolder.Open(path), new OnnxExportOptions(), TimeProvider.System, Token)).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("onnx")));
    }

    [Fact]
    public void Options_that_need_an_encoder_are_refused()
    {
        var path = StaticFolder.WriteSentenceTransformers(_folder.File("model"));
        Assert.Contains("static embeddings, whose mean is taken", Assert.Throws<ArgumentException>(() =>
            SentenceEncoder.Load(path, new SentenceEncoderOptions { Pooling = Pooling.Cls })).Message, StringComparison.Ordinal);
        Assert.Contains("in which nothing is multiplied", Assert.Throws<ArgumentException>(() =>
            SentenceEncoder.Load(path, new SentenceEncoderOptions { Precision = EncoderPrecision.Int8 })).Message, StringComparison.Ordinal);
        Assert.Contains("without an encoder", Assert.Throws<ModelFormatException>(() => ModelFolder.Open(path).Config).Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Damaged => new()
    {
        { "table missing", "has no table of embeddings; expected is a tensor embedding.weight or embeddings" },
        { "table of one dimension", "'embeddings' is [60] of Float32; expected is [tokens, dimensions]" },
        { "table of int64", "of Int64; expected is [tokens, dimensions] of floating-point numbers or Int8" },
        { "mapping outside", "gives token 3 the row 10; the table has the rows 0 to 9" },
        { "mapping below", "gives token 0 the row -1" },
        { "mapping of floats", "'mapping' is [10] of Float32; expected are whole numbers, one a token" },
        { "weights of another length", "has 9 weights for 10 rows in mapping; expected are as many" },
        { "fewer rows than ids", "the tokenizer has 10 ids, but the table of static embeddings has vectors for 7" },
    };

    [Theory]
    [MemberData(nameof(Damaged))]
    public void A_damaged_table_is_refused_in_a_sentence(string damage, string expected)
    {
        long[] mapping = [0, 1, 2, damage == "mapping outside" ? 10 : 3, 4, 5, 6, 7, 8, 9];
        mapping[0] = damage == "mapping below" ? -1 : 0;
        var table = Tensor.From("embeddings", [10, StaticFolder.Dimensions], StaticFolder.Table);
        Tensor[] tensors = damage switch
        {
            "table missing" => [table.WithName("vectors")],
            "table of one dimension" => [Tensor.From("embeddings", [60], StaticFolder.Table)],
            "table of int64" => [StaticFolder.Of("embeddings", TensorType.Int64, [2, 5], mapping)],
            "mapping of floats" => [table, Tensor.From("mapping", [10], StaticFolder.Table.AsMemory(0, 10))],
            "weights of another length" => [table, Tensor.From("weights", [9], StaticFolder.Table.AsMemory(0, 9)), StaticFolder.Of("mapping", TensorType.Int64, [10], mapping)],
            "fewer rows than ids" => [Tensor.From("embeddings", [7, StaticFolder.Dimensions], StaticFolder.Table.AsMemory(0, 42))],
            _ => [table, StaticFolder.Of("mapping", TensorType.Int64, [10], mapping)],
        };
        var path = StaticFolder.WriteModel2Vec(_folder.File("model"), normalize: false, tensors);
        Assert.Contains(expected, Assert.Throws<ModelFormatException>(() => SentenceEncoder.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_plain_tokenizer_puts_nothing_around_a_text()
    {
        var path = StaticFolder.WriteSentenceTransformers(_folder.File("model"), "");
        var tokenizer = Tokenizer.LoadPlain(path);
        Assert.Equal([2, 3, 1], tokenizer.TokenizePlain("the cat x", 10).Ids);
        Assert.Equal([2, 3], tokenizer.TokenizePlain("the cat x", 2).Ids);
        Assert.True(tokenizer.TokenizePlain("the cat x", 2).Truncated);
        Assert.Contains("post_processor", Assert.Throws<ModelFormatException>(() => Tokenizer.Load(path)).Message, StringComparison.Ordinal);
    }

    private static void AssertBatch(SentenceEncoder encoder)
    {
        var together = encoder.Encode(s_texts, cancellationToken: Token).Embeddings;
        for (var row = 0; row < s_texts.Length; row++)
        {
            Assert.Equal(encoder.Encode(s_texts[row], Token), together[row].ToArray());
        }
    }

    private void AssertExported(SentenceEncoder encoder)
    {
        Assert.Empty(ModelExport.WriteSafetensors(_folder.File("export"), encoder.Folder, TensorType.Float32, cancellationToken: Token));
        using var again = SentenceEncoder.Load(_folder.File("export"));
        Assert.Equal(encoder.Encode(s_texts, cancellationToken: Token).Embeddings.Values, again.Encode(s_texts, cancellationToken: Token).Embeddings.Values);
        Assert.Equal(encoder.MaxTokens, again.MaxTokens);
    }
}
