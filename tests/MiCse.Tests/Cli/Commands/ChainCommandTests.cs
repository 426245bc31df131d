using System.Buffers.Binary;
using System.Text;
using MiCse.Tests.Data;
using MiCse.Tests.ModelFolders;
using MiCse.Vectors;

namespace MiCse.Tests.Cli.Commands;

/// <summary>Prompts, dimensions, types of output and measures on the command line.</summary>
public sealed class ChainCommandTests : IDisposable
{
    private const string Prompts = """{"prompts": {"query": "hello ", "passage": "the "}, "similarity_fn_name": "euclidean"}""";

    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public ChainCommandTests()
    {
        _model = TinyModel.Write(_folder.File("model"));
        File.WriteAllText(Path.Combine(_model, "config_sentence_transformers.json"), Prompts);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_default_prompt_of_a_folder_is_put_before_every_text()
    {
        var model = FieldModel("01-default-prompt");
        string[] texts = ["A man is playing a guitar.", "Someone plays an instrument."];
        Assert.Equal(0.6333, Score("similarity", texts[0], texts[1], "--model", model, "--json"), 4);
        Assert.Equal(0.3977, Score("similarity", texts[0], texts[1], "--model", model, "--prompt", "", "--json"), 4);
    }

    [Fact]
    public void The_length_that_sentence_transformers_says_replaces_the_tokenizers()
    {
        var model = FieldModel("02-max-length");
        string Words(int count) => string.Join(' ', Enumerable.Range(0, count).Select(word => word % 3 == 0 ? "guitar" : word % 3 == 1 ? "man" : "winter"));

        Assert.Equal(1, Score("similarity", Words(300), Words(126), "--model", model, "--json"), 6);
        Assert.NotEqual(1, Score("similarity", Words(300), Words(125), "--model", model, "--json"), 6);
    }

    [Fact]
    public void A_prompt_is_given_as_a_text_or_by_name()
    {
        string[] command = ["similarity", "dog", "winter", "--model", _model, "--json"];
        var byHand = Score("similarity", "hello dog", "hello winter", "--model", _model, "--json");
        Assert.Equal(byHand, Score([.. command, "--prompt", "hello "]), 12);
        Assert.Equal(byHand, Score([.. command, "--prompt-name", "query"]), 12);
        Assert.NotEqual(byHand, Score(command), 6);
        Assert.Equal(-Distance("hello dog", "hello winter"), byHand, 6);

        var unknown = CommandRun.Of([.. command, "--prompt-name", "document"]);
        Assert.Equal(2, unknown.ExitCode);
        Assert.Contains("--prompt-name is document, but the prompts of", unknown.Error, StringComparison.Ordinal);
        Assert.Contains("are query, passage", unknown.Error, StringComparison.Ordinal);
        Assert.Equal(2, CommandRun.Of([.. command, "--prompt-name", "query", "--prompt", "x"]).ExitCode);
        Assert.Contains("has no prompts.", CommandRun.Of("similarity", "a", "b", "--prompt-name", "query").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_measure_other_than_the_cosine_is_named()
    {
        var run = CommandRun.Of("similarity", "dog", "winter", "--model", _model);
        Assert.Contains("micse: scores are Euclidean distances, negated, as ", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.Equal("euclidean", CommandRun.Of("similarity", "dog", "winter", "--model", _model, "--json").Json.GetProperty("measure").GetString());
        Assert.Empty(CommandRun.Of("similarity", "dog", "winter").Error);
        Assert.Empty(CommandRun.Of("similarity", "dog", "winter", "--model", _model, "--quiet").Error);
    }

    [Fact]
    public void Vectors_are_cut_and_then_scaled()
    {
        using var encoder = SentenceEncoder.Load(_model);
        var whole = encoder.Encode("dog", Token);
        var cut = Embedding("encode", "--dimensions", "8");
        Close.Assert(whole[..8], cut, 1e-7);
        Close.Assert(StaticFolder.Unit(whole[..8]), Embedding("encode", "--dimensions", "8", "--normalize"), 1e-6);
        var refused = CommandRun.With("dog\n", Token, "encode", "--model", _model, "--dimensions", "65");
        Assert.Equal((2, true), (refused.ExitCode, refused.Error.Contains("--dimensions is 65, but the embeddings of", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("int8", "|i1", 64)]
    [InlineData("uint8", "|u1", 64)]
    [InlineData("binary", "|i1", 8)]
    [InlineData("ubinary", "|u1", 8)]
    public void Quantized_embeddings_are_written_to_a_npy_file(string type, string descriptor, int columns)
    {
        string[] texts = ["dog", "winter", "the man sings", "hello world"];
        var output = _folder.File("a.npy");
        var run = CommandRun.With(string.Join('\n', texts), Token, "encode", "--model", _model, "-o", output, "--output-type", type);
        Assert.Equal(0, run.ExitCode);
        string[] remarks = type is "int8" or "uint8" ? ["The range of each dimension comes from 4 texts, whose levels say little about others: give some hundreds like them with --calibration."] : [];
        Assert.Equal([$"micse: {output}: 4 embeddings of 64 dimensions.", .. remarks], run.ErrorLines);
        var file = File.ReadAllBytes(output);
        var header = Encoding.ASCII.GetString(file, 10, BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(8)));
        Assert.Contains($"'descr': '{descriptor}', 'fortran_order': False, 'shape': (4, {columns})", header, StringComparison.Ordinal);

        using var encoder = SentenceEncoder.Load(_model);
        var embeddings = encoder.Encode(texts, cancellationToken: Token).Embeddings;
        var kind = Enum.Parse<EmbeddingType>(type, ignoreCase: true);
        Assert.Equal(
            Enumerable.Range(0, 4).SelectMany(row => EmbeddingQuantization.Quantize(embeddings[row], kind, EmbeddingQuantization.NeedsRanges(kind) ? QuantizationRanges.Of(embeddings) : null)),
            file[(10 + header.Length)..]);
    }

    [Fact]
    public void A_calibration_set_gives_the_ranges()
    {
        File.WriteAllText(_folder.File("texts.txt"), "dog\nwinter\nsnow falls\n");
        using var encoder = SentenceEncoder.Load(_model);
        var ranges = QuantizationRanges.Of(encoder.Encode(["dog", "winter", "snow falls"], cancellationToken: Token).Embeddings);
        var run = CommandRun.With("hello world", Token, "encode", "--model", _model, "--output-type", "int8", "--calibration", _folder.File("texts.txt"));
        Assert.Equal(
            EmbeddingQuantization.Quantize(encoder.Encode("hello world", Token), EmbeddingType.Int8, ranges).Select(value => (int)(sbyte)value),
            run.Json.GetProperty("embedding").EnumerateArray().Select(value => value.GetInt32()));

        var without = CommandRun.With("hello world", Token, "encode", "--model", _model, "--output-type", "int8");
        Assert.Contains("before the ranges of all embeddings are known; give texts for them with --calibration", without.Error, StringComparison.Ordinal);
        var parquet = CommandRun.With("hello world", Token, "encode", "--model", _model, "--output-type", "binary", "-o", _folder.File("a.parquet"));
        Assert.Contains("cannot be written to .parquet", parquet.Error, StringComparison.Ordinal);
        var needless = CommandRun.With("hello world", Token, "encode", "--model", _model, "--output-type", "binary", "--calibration", _folder.File("texts.txt"));
        Assert.Equal(2, needless.ExitCode);
    }

    [Fact]
    public void An_index_holds_documents_and_is_searched_with_queries()
    {
        var index = Index(_folder.File("index"));
        using var encoder = SentenceEncoder.Load(_model);
        var run = CommandRun.Of("search", index, "dog", "-k", "1", "--json");
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var hit = run.Json.GetProperty("hits")[0];
        string[] texts = ["winter", "the man", "guitar"];
        var best = texts.Max(text => Similarity.Of(SimilarityMeasure.Euclidean, encoder.EncodeQuery("dog", Token), encoder.EncodeDocument(text, Token)));
        Assert.Equal(best, hit.GetProperty("score").GetDouble(), 5);

        // What is added gets the documents' prompt; another is refused, and half of nothing is there.
        Assert.Equal(0, CommandRun.With("music", Token, "index", "add", index).ExitCode);
        var refused = CommandRun.With("snow", Token, "index", "add", index, "--prompt", "hello ");
        Assert.Contains("were encoded with the prompt \"the \", and not with \"hello \"", refused.Error, StringComparison.Ordinal);
        var found = CommandRun.Of("search", index, "music", "--measure", "cosine", "--prompt", "the ", "-k", "1", "--json");
        Assert.Equal(1, found.Json.GetProperty("hits")[0].GetProperty("score").GetDouble(), 5);
    }

    [Fact]
    public void An_index_of_another_prompt_is_searched_with_a_note()
    {
        var run = CommandRun.Of("search", Index(_folder.File("index"), "--prompt", "a "), "dog", "--json");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("holds texts encoded with the prompt \"a \", where the model has \"the \" for documents; queries get \"hello \"", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public void An_index_of_cut_vectors_is_searched_with_cut_queries()
    {
        var index = Index(_folder.File("index"), "--dimensions", "16");
        var run = CommandRun.Of("search", index, "guitar", "--prompt", "the ", "--measure", "cosine", "-k", "1", "--json");
        Assert.Equal((0, ""), (run.ExitCode, run.Error.Split('\n')[^1]));
        Assert.Equal(1, run.Json.GetProperty("hits")[0].GetProperty("score").GetDouble(), 5);
    }

    [Fact]
    public void Info_describes_a_chain()
    {
        var path = Fixture.Shared("fixtures", "families", "chains", "concatenated-truncated");
        var table = CommandRun.Of("info", "--model", path).Output;
        Assert.Matches(@"(?m)^chain +Transformer → Pooling cls-before-pooler\+max\+mean → Dense 36→18 \(Identity\) → Dense 18→16 \(ReLU\) → Normalize \(modules\.json\)$", table);
        Assert.Matches(@"(?m)^tokenizer +BertNormalizer → BertPreTokenizer → WordPiece → \[CLS\] text \[SEP\], 208 ids$", table);
        Assert.Matches(@"(?m)^pooling +cls-before-pooler\+max\+mean \(1_Pooling/config\.json\)$", table);
        Assert.Matches(@"(?m)^ignored +expected\.json: nothing that an embedding depends on$", table);
        Assert.Matches(@"(?m)^licence +not known: the folder has no README\.md$", table);
        var json = CommandRun.Of("info", "--model", path, "--json").Json;
        Assert.Equal(16, json.GetProperty("dimensions").GetInt32());
        Assert.Equal(5, json.GetProperty("chain").GetArrayLength());
        Assert.Contains("2_Dense/model.safetensors", json.GetProperty("files").EnumerateArray().Select(file => file.GetProperty("file").GetString()));

        var refused = CommandRun.Of("info", "--model", path, "--pooling", "mean");
        Assert.Equal((2, true), (refused.ExitCode, refused.Error.Contains("--pooling is mean, but the module Dense takes vectors of 36 dimensions", StringComparison.Ordinal)));
        Assert.Matches("(?m)^pooling +max \\(given by the caller\\)$", CommandRun.Of("info", "--model", _model, "--pooling", "max").Output);
    }

    [Fact]
    public void Info_describes_static_embeddings()
    {
        var table = CommandRun.Of("info", "--model", StaticFolder.WriteModel2Vec(_folder.File("static"), normalize: true)).Output;
        Assert.Matches("(?m)^family +model2vec$", table);
        Assert.Matches("(?m)^chain +StaticEmbedding 10×6 → Normalize$", table);
        Assert.Matches("(?m)^texts +unknown tokens left out$", table);
        var json = CommandRun.Of("info", "--model", StaticFolder.WriteSentenceTransformers(_folder.File("other")), "--json").Json;
        Assert.Equal(System.Text.Json.JsonValueKind.Null, json.GetProperty("maxTokens").ValueKind);
        Assert.Equal(60, json.GetProperty("parameters").GetInt32());
    }

    [Fact]
    public void An_export_keeps_the_pooler_and_says_what_it_leaves_out()
    {
        var kept = CommandRun.Of("export", "--model", _model, "-o", _folder.File("kept"));
        Assert.Equal((0, ""), (kept.ExitCode, kept.Error));
        var before = CommandRun.Of("info", "--model", _model, "--json").Json.GetProperty("parameters").GetInt64();
        Assert.Equal(before, CommandRun.Of("info", "--model", _folder.File("kept"), "--json").Json.GetProperty("parameters").GetInt64());

        var graph = CommandRun.Of("export", "--model", _model, "--to", "onnx", "--precision", "fp32", "-o", _folder.File("graph"));
        Assert.Contains("left out: no output of the graph needs it, since the pooling is cls-before-pooler", graph.Error, StringComparison.Ordinal);
        Assert.Contains("pooler.dense.weight", graph.Error, StringComparison.Ordinal);
    }

    private string Index(string path, params string[] more)
    {
        Assert.Equal(0, CommandRun.With("winter\nthe man\nguitar\n", Token, ["index", "--model", _model, "-o", path, .. more]).ExitCode);
        return path;
    }

    private double Distance(string first, string second)
    {
        using var encoder = SentenceEncoder.Load(_model);
        return Math.Sqrt(encoder.Encode(first, Token).Zip(encoder.Encode(second, Token)).Sum(pair => ((double)pair.First - pair.Second) * ((double)pair.First - pair.Second)));
    }

    private float[] Embedding(params string[] command)
    {
        var run = CommandRun.With("dog\n", Token, [.. command, "--model", _model]);
        Assert.Equal(0, run.ExitCode);
        return [.. run.Json.GetProperty("embedding").EnumerateArray().Select(value => value.GetSingle())];
    }

    /// <summary>micse-mini-en with the files of a fixture over it.</summary>
    private string FieldModel(string fixture)
    {
        var built = Path.Combine(Fixture.Repository, "models", "micse-mini-en");
        var model = Directory.CreateDirectory(_folder.File("field")).FullName;
        foreach (var file in Directory.GetFiles(built).Concat(Directory.GetFiles(Fixture.Shared("fixtures", "field", fixture))))
        {
            File.Copy(file, Path.Combine(model, Path.GetFileName(file)), overwrite: true);
        }

        foreach (var inner in Directory.GetDirectories(built))
        {
            var copy = Directory.CreateDirectory(Path.Combine(model, Path.GetFileName(inner))).FullName;
            Array.ForEach(Directory.GetFiles(inner), file => File.Copy(file, Path.Combine(copy, Path.GetFileName(file))));
        }

        return model;
    }

    private static double Score(params string[] command)
    {
        var run = CommandRun.Of(command);
        Assert.Equal(0, run.ExitCode);
        return run.Json.GetProperty("scores")[0].GetProperty("score").GetDouble();
    }
}
