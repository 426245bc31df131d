using System.Text.Json;
using CsCheck;
using MiCse.Export;
using MiCse.Files;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tensors;
using MiCse.Tests.Data;
using MiCse.Vectors;

namespace MiCse.Tests.Export;

public sealed class OnnxExportTests : IDisposable
{
    private static readonly string[] Texts = [.. Enumerable.Range(0, 30).Select(i => string.Concat(Enumerable.Repeat("the cat, ", 1 + i % 5)) + (char)('a' + i % 26))];

    private readonly SmallModel _model = new();
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _folder.Dispose();
        _model.Dispose();
    }

    [Fact]
    public void An_export_holds_what_other_programs_look_for()
    {
        var output = Export(new OnnxExportOptions());

        string[] expected =
        [
            "1_Pooling/config.json", "README.md", "config.json", "config_sentence_transformers.json", "modules.json", "onnx/model.onnx", "onnx/model_quantized.onnx",
            "quantization.json", "sentence_bert_config.json", "special_tokens_map.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt",
        ];
        var files = Directory.GetFiles(output, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(output, path).Replace('\\', '/'));
        Assert.Equal(expected, files.Order(StringComparer.Ordinal));
        Assert.False(JsonDocument.Parse(File.ReadAllText(Path.Combine(output, "config.json"))).RootElement.TryGetProperty("transformers.js_config", out _));
    }

    [Theory]
    [InlineData(EncoderPrecision.Float32)]
    [InlineData(EncoderPrecision.Int8)]
    public void An_export_is_loaded_to_the_same_bytes(EncoderPrecision precision)
    {
        var output = Export(new OnnxExportOptions { Precisions = [precision] });

        using var before = SentenceEncoder.Load(_model.Path, new SentenceEncoderOptions { Precision = precision });
        using var after = SentenceEncoder.Load(output);

        Assert.Equal(precision, after.Precision);
        Assert.Equal(before.Encode(Texts, cancellationToken: Token).Embeddings.Values.ToArray(), after.Encode(Texts, cancellationToken: Token).Embeddings.Values.ToArray());
    }

    [Fact]
    public void A_folder_with_both_precisions_runs_in_either()
    {
        var output = Export(new OnnxExportOptions());
        using var both = SentenceEncoder.Load(output, new SentenceEncoderOptions { Precision = EncoderPrecision.Int8 });
        File.Delete(Path.Combine(output, "onnx/model.onnx"));
        using var alone = SentenceEncoder.Load(output);

        Assert.Equal(both.Encode(Texts, cancellationToken: Token).Embeddings.Values.ToArray(), alone.Encode(Texts, cancellationToken: Token).Embeddings.Values.ToArray());
    }

    [Fact]
    public void The_receipt_says_what_int8_costs()
    {
        var output = Export(new OnnxExportOptions { Precisions = [EncoderPrecision.Int8], Texts = Texts, TextsSource = "from a test" });

        using var before = SentenceEncoder.Load(_model.Path);
        using var after = SentenceEncoder.Load(output);
        var (exact, rounded) = (before.Encode(Texts, cancellationToken: Token).Embeddings, after.Encode(Texts, cancellationToken: Token).Embeddings);
        var cosines = Enumerable.Range(0, Texts.Length).Select(row => Similarity.Cosine(exact[row], rounded[row])).ToArray();
        var receipt = JsonDocument.Parse(File.ReadAllText(Path.Combine(output, OnnxExport.ReceiptFile))).RootElement;
        Assert.Equal(Texts.Length, receipt.GetProperty("texts").GetInt32());
        Assert.Equal(cosines.Average(), receipt.GetProperty("meanCosine").GetDouble(), 12);
        Assert.Equal(cosines.Min(), receipt.GetProperty("worstCosine").GetDouble(), 12);
        Assert.InRange(receipt.GetProperty("neighborOverlap").GetDouble(), 0.5, 1);
        Assert.Equal(new FileInfo(Path.Combine(output, "onnx/model_quantized.onnx")).Length, receipt.GetProperty("bytes").GetProperty("int8").GetInt64());
        Assert.True(receipt.GetProperty("textsPerSecond").GetProperty("int8").GetDouble() > 0);
        Assert.Equal(JsonValueKind.Null, receipt.GetProperty("stsBenchmarkDev").ValueKind);
        var card = File.ReadAllText(Path.Combine(output, "README.md"));
        Assert.Contains(FormattableString.Invariant($"| cosine to float32 | {cosines.Average():0.00000} mean"), card, StringComparison.Ordinal);
        Assert.Contains("backend=\"onnx\", model_kwargs={\"file_name\": \"onnx/model_quantized.onnx\"}", card, StringComparison.Ordinal);
        Assert.Contains("\"dtype\": \"q8\"", File.ReadAllText(Path.Combine(output, "config.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_below_the_minimum_is_not_exported_and_nothing_is_left()
    {
        var failure = Assert.Throws<ModelFormatException>(() => Export(new OnnxExportOptions { MinCosine = 0.9999999 }));

        Assert.Contains("less than the 0.9999999 that is asked for", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Rounded_weights_are_neither_float_nor_a_checkpoint()
    {
        var output = Export(new OnnxExportOptions { Precisions = [EncoderPrecision.Int8] });

        var asFloat = Assert.Throws<ModelFormatException>(() => SentenceEncoder.Load(output, new SentenceEncoderOptions { Precision = EncoderPrecision.Float32 }));
        Assert.Contains("rounded to int8", asFloat.Message, StringComparison.Ordinal);
        var again = Assert.Throws<ModelFormatException>(() => ModelExport.WriteSafetensors(_folder.File("again"), ModelFolder.Open(output), TensorType.Float32, cancellationToken: Token));
        Assert.Contains("rounded to int8", again.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_float_file_is_a_checkpoint_like_any_other()
    {
        var output = Export(new OnnxExportOptions { Precisions = [EncoderPrecision.Float32] });

        ModelExport.WriteSafetensors(_folder.File("back"), ModelFolder.Open(output), TensorType.Float32, cancellationToken: Token);

        Assert.Equal(File.ReadAllBytes(Path.Combine(_model.Path, "model.safetensors")), File.ReadAllBytes(_folder.File("back/model.safetensors")));
    }

    [Fact]
    public void An_int8_export_is_described_indexed_and_searched_like_any_model()
    {
        var output = Export(new OnnxExportOptions { Precisions = [EncoderPrecision.Int8] });
        var index = _folder.File("index");
        File.WriteAllLines(_folder.File("texts.txt"), Texts.Distinct());

        var info = CommandRun.Of("info", "--model", output, "--json");
        Assert.Equal("int8", info.Json.GetProperty("precision").GetString());
        Assert.Equal(ModelFolder.Open(_model.Path).CountParameters(), info.Json.GetProperty("parameters").GetInt64());
        Assert.Equal(0, CommandRun.Of("index", _folder.File("texts.txt"), "--model", output, "--output", index).ExitCode);
        Assert.Equal(Texts[7], CommandRun.Of("search", index, Texts[7], "-k", "1", "--json").Json.GetProperty("hits")[0].GetProperty("text").GetString());
        Assert.Equal(1, CommandRun.Of("search", index, Texts[7], "--model", _model.Path).ExitCode);
    }

    [Fact]
    public void Files_of_other_writers_are_run_as_they_are_and_damaged_ones_refused_in_a_sentence()
    {
        var output = Export(new OnnxExportOptions { Precisions = [EncoderPrecision.Int8] });
        var path = Path.Combine(output, "onnx/model_quantized.onnx");
        var bytes = File.ReadAllBytes(path);
        var foreign = bytes.ToArray();
        "other"u8.CopyTo(foreign.AsSpan(bytes.AsSpan().IndexOf("MiCse"u8)));
        File.WriteAllBytes(path, foreign);
        using (var encoder = SentenceEncoder.Load(output))
        {
            Assert.Equal(EncoderPrecision.Int8, encoder.Precision);
            Assert.NotEmpty(encoder.Encode("A text.", TestContext.Current.CancellationToken));
        }

        Gen.Int[0, bytes.Length - 1].Sample(
            length =>
            {
                File.WriteAllBytes(path, bytes[..length]);
                Assert.Throws<ModelFormatException>(() => SentenceEncoder.Load(output).Dispose());
            },
            iter: 50,
            threads: 1);
    }

    private string Export(OnnxExportOptions options)
    {
        var output = _folder.File("export");
        OnnxExport.Write(output, ModelFolder.Open(_model.Path), options, TimeProvider.System, Token);
        return output;
    }
}
