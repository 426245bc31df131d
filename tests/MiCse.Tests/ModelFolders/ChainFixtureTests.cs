using System.Runtime.InteropServices;
using System.Text.Json;
using MiCse.Checkpoints;
using MiCse.Export;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tensors;
using MiCse.Tests.Data;
using Microsoft.ML.OnnxRuntime;

namespace MiCse.Tests.ModelFolders;

/// <summary>Folders as sentence-transformers writes them, from texts to embeddings, against what sentence-transformers computed.</summary>
public sealed class ChainFixtureTests : IDisposable
{
    private const float Tolerance = 5e-5f;

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Chains =>
    [
        "cls-dense-normalize", "concatenated-truncated", "e5", "last-token", "max", "mean-dense-bin", "mean-sqrt", "prompt-left-out", "prompts-dot", "weighted-mean",
    ];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Chains))]
    public void Every_run_gives_its_ids_and_embeddings(string name)
    {
        var (path, expected) = Open(name);
        var texts = Texts(expected);
        using var golden = Checkpoint.Open(Path.Combine(path, "expected.safetensors"));
        foreach (var (index, run) in expected.GetProperty("runs").EnumerateArray().Index())
        {
            using var encoder = SentenceEncoder.Load(path, Options(run));
            Assert.Equal(expected.GetProperty("max_length").GetInt32(), encoder.MaxTokens);
            Assert.Equal(expected.GetProperty("similarity").GetString(), encoder.Folder.Prompts.Similarity);
            Assert.Equal(run.GetProperty("prompt_used").GetString() ?? "", encoder.Prompt);
            var tokens = texts.Select(encoder.Tokenize).ToList();
            Assert.Equal(run.GetProperty("ids").EnumerateArray().Select(Ids), tokens.Select(text => text.Ids));
            var length = run.GetProperty("prompt_length") is { ValueKind: JsonValueKind.Number } number ? number.GetInt32() : 0;
            Assert.All(tokens, text => Assert.Equal(encoder.Chain.IncludePrompt ? 0 : length, text.LeftOut));

            var embeddings = encoder.Encode(texts, cancellationToken: Token).Embeddings;
            var values = golden.Tensors[$"run{index}.sentence_embedding"];
            Assert.Equal([texts.Length, embeddings.Dimensions], values.Shape);
            var expectedRows = values.ToSingles();
            for (var row = 0; row < texts.Length; row++)
            {
                // A sum divided by the root of its length is as many times larger.
                var scale = encoder.Chain is { Poolings: [Pooling.MeanSqrtLength], IsNormalized: false } ? MathF.Sqrt(tokens[row].Ids.Length) : 1;
                Close.Assert(expectedRows[(row * embeddings.Dimensions)..((row + 1) * embeddings.Dimensions)], embeddings[row].ToArray(), Tolerance * scale);
            }

            Assert.Equal(embeddings[7].ToArray(), encoder.Encode(texts[7], Token));
        }
    }

    [Theory]
    [MemberData(nameof(Chains))]
    public void An_export_says_the_same(string name)
    {
        var (path, expected) = Open(name);
        var model = ModelFolder.Open(path);
        ModelExport.WriteSafetensors(_folder.File("safetensors"), model, TensorType.Float32, cancellationToken: Token);
        AssertSame(path, _folder.File("safetensors"), Texts(expected), new SentenceEncoderOptions());

        OnnxExport.Write(_folder.File("onnx"), model, new OnnxExportOptions { MinCosine = 0 }, TimeProvider.System, Token);
        AssertSame(path, _folder.File("onnx"), Texts(expected), new SentenceEncoderOptions());
        AssertSame(path, _folder.File("onnx"), Texts(expected), new SentenceEncoderOptions { Precision = EncoderPrecision.Int8 });
    }

    [Theory]
    [MemberData(nameof(Chains))]
    public void The_graph_of_an_export_computes_the_whole_chain(string name)
    {
        var (path, expected) = Open(name);
        OnnxExport.Write(
            _folder.File("onnx"), ModelFolder.Open(path), new OnnxExportOptions { Precisions = [EncoderPrecision.Float32] }, TimeProvider.System, Token);

        // A graph does not know where a prompt ends.
        using var encoder = SentenceEncoder.Load(path, new SentenceEncoderOptions { Prompt = "" });
        using var session = new InferenceSession(_folder.File("onnx/onnx/model.onnx"));
        var texts = Texts(expected);
        var ids = texts.Select(text => encoder.Tokenize(text).Ids).ToList();
        var embeddings = Run(session, ids, encoder.Tokenizer.SpecialTokens.Padding);
        for (var row = 0; row < texts.Length; row++)
        {
            Close.Assert(encoder.Encode(texts[row], Token), embeddings[(row * encoder.Dimensions)..((row + 1) * encoder.Dimensions)], 2e-5);
        }
    }

    [Fact]
    public void Queries_and_documents_have_their_prompts()
    {
        var (path, expected) = Open("weighted-mean");
        var texts = Texts(expected);
        using var encoder = SentenceEncoder.Load(path);
        using var query = SentenceEncoder.Load(path, new SentenceEncoderOptions { PromptName = "query" });
        using var passage = SentenceEncoder.Load(path, new SentenceEncoderOptions { Prompt = "passage: " });
        Assert.Equal(("", "query: ", "passage: "), (encoder.Prompt, encoder.QueryPrompt, encoder.DocumentPrompt));
        Assert.Equal(query.Encode(texts, cancellationToken: Token).Embeddings.Values, encoder.EncodeQuery(texts, cancellationToken: Token).Embeddings.Values);
        Assert.Equal(passage.Encode(texts, cancellationToken: Token).Embeddings.Values, encoder.EncodeDocument(texts, cancellationToken: Token).Embeddings.Values);
        Assert.Equal(query.Encode("x", Token), encoder.EncodeQuery("x", Token));
        Assert.Equal(passage.Encode("x", Token), encoder.EncodeDocument("x", Token));
        Assert.Equal(query.Encode("x", Token), query.EncodeDocument("x", Token)); // a given prompt is put before every text
        Assert.Equal(3, new[] { encoder.Fingerprint, query.Fingerprint, passage.Fingerprint }.Distinct().Count());
    }

    [Fact]
    public async Task Asynchronous_calls_have_the_same_prompts()
    {
        var (path, _) = Open("prompt-left-out");
        await using var encoder = SentenceEncoder.Load(path);
        Assert.Equal(encoder.EncodeQuery("x", Token), await encoder.EncodeQueryAsync("x", Token));
        Assert.Equal(encoder.EncodeDocument("x", Token), await encoder.EncodeDocumentAsync("x", Token));
        Assert.Equal(encoder.EncodeQuery("x", Token), (await encoder.EncodeQueryAsync(["y", "x"], cancellationToken: Token)).Embeddings[1].ToArray());
        Assert.Equal(encoder.EncodeDocument("x", Token), (await encoder.EncodeDocumentAsync(["y", "x"], cancellationToken: Token)).Embeddings[1].ToArray());
        Assert.Equal(encoder.Encode("x", Token), encoder.EncodeQuery("x", Token)); // the default prompt is the query's
    }

    private static (string Path, JsonElement Expected) Open(string name)
    {
        var path = Fixture.Shared("fixtures", "families", "chains", name);
        return (path, JsonDocument.Parse(File.ReadAllText(Path.Combine(path, "expected.json"))).RootElement);
    }

    private static SentenceEncoderOptions Options(JsonElement run) => new()
    {
        Prompt = run.TryGetProperty("prompt", out var prompt) ? prompt.GetString() : null,
        PromptName = run.TryGetProperty("prompt_name", out var promptName) ? promptName.GetString() : null,
        Dimensions = run.TryGetProperty("truncate_dim", out var size) ? size.GetInt32() : null,
        Normalize = run.TryGetProperty("normalize_embeddings", out var normalize) && normalize.GetBoolean(),
        Threads = 2,
    };

    private static string[] Texts(JsonElement expected) => [.. expected.GetProperty("texts").EnumerateArray().Select(text => text.GetString()!)];

    private static int[] Ids(JsonElement ids) => [.. ids.EnumerateArray().Select(id => id.GetInt32())];

    private static void AssertSame(string before, string after, string[] texts, SentenceEncoderOptions options)
    {
        using var first = SentenceEncoder.Load(before, options);
        using var second = SentenceEncoder.Load(after, options);
        Assert.Equal(first.Folder.Prompts.ByName, second.Folder.Prompts.ByName);
        Assert.Equal(first.Folder.Prompts.DefaultName, second.Folder.Prompts.DefaultName);
        Assert.Equal(first.Measure, second.Measure);
        Assert.Equal(first.Chain.ToString(), second.Chain.ToString());
        Assert.Equal(first.MaxTokens, second.MaxTokens);
        Assert.Equal(first.Encode(texts, cancellationToken: Token).Embeddings.Values, second.Encode(texts, cancellationToken: Token).Embeddings.Values);
        Assert.Equal(first.EncodeQuery(texts, cancellationToken: Token).Embeddings.Values, second.EncodeQuery(texts, cancellationToken: Token).Embeddings.Values);
    }

    private static float[] Run(InferenceSession session, List<int[]> ids, int padding)
    {
        var length = ids.Max(text => text.Length);
        long[] Padded(Func<int[], int, long> value) => [.. ids.SelectMany(text => Enumerable.Range(0, length).Select(at => value(text, at)))];
        var inputs = new Dictionary<string, long[]>
        {
            ["input_ids"] = Padded((text, at) => at < text.Length ? text[at] : padding),
            ["attention_mask"] = Padded((text, at) => at < text.Length ? 1 : 0),
            ["token_type_ids"] = Padded((_, _) => 0),
        };
        using var options = new RunOptions();
        var values = session.InputNames.Select(name => OrtValue.CreateTensorValueFromMemory(inputs[name], [ids.Count, length])).ToList();
        try
        {
            using var outputs = session.Run(options, [.. session.InputNames], values, ["sentence_embedding"]);
            return MemoryMarshal.Cast<byte, float>(outputs[0].GetTensorDataAsSpan<byte>()).ToArray();
        }
        finally
        {
            values.ForEach(value => value.Dispose());
        }
    }
}
