using MiCse.Initialization;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tensors;
using MiCse.Tests.Data;
using MiCse.Weights;

namespace MiCse.Tests.Cli.Commands;

public sealed class ExportCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _model;

    public ExportCommandTests()
    {
        _model = _folder.File("model");
        var tokenizer = TinyModel.WriteTokenizer(_folder.File("tokenizer"));
        ModelInitializer.Write(_model, tokenizer, new ModelSize(2, 16, 2), 3, modelCard: "# A card\n", cancellationToken: TestContext.Current.CancellationToken);
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--to", "safetensors", "--min-cosine", "0.9")]
    [InlineData("--to", "onnx", "--weights-precision", "fp32", "--data", "texts.txt")]
    public void Options_that_measure_int8_are_refused_where_it_is_not_written(params string[] options)
    {
        var run = CommandRun.Of(["export", "--model", _model, "-o", _folder.File("out"), .. options]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"{options[^2]}: is for measuring int8, which is written with --to onnx unless --weights-precision is fp32.", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("out")));
    }

    [Fact]
    public void A_model_card_is_a_file_in_utf_8()
    {
        File.WriteAllBytes(_folder.File("latin.md"), [.. "caf"u8, 0xE9]);
        File.WriteAllBytes(_folder.File("card.md"), [0xEF, 0xBB, 0xBF, .. "# café\n"u8]);

        CommandRun Export(string card) => CommandRun.Of("export", "--model", _model, "-o", _folder.File("out"), "--model-card", card);

        Assert.Equal($"micse: --model-card: {_folder.File("none.md")}: there is no such file.", Export(_folder.File("none.md")).Error.Split('\n')[0]);
        Assert.Equal($"micse: --model-card: {_model}: there is no such file.", Export(_model).Error.Split('\n')[0]);
        Assert.Equal($"micse: {_folder.File("latin.md")}: is not UTF-8 (found byte 0xE9 after 3 bytes); convert the file to UTF-8.\n", Export(_folder.File("latin.md")).Error);
        Assert.False(Directory.Exists(_folder.File("out")));
        Assert.Equal(0, Export(_folder.File("card.md")).ExitCode);
        Assert.StartsWith("# café", File.ReadAllText(_folder.File("out/README.md")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("fp32")]
    [InlineData("fp16")]
    public void Weights_that_are_not_finite_are_not_passed_on(string precision)
    {
        var file = _folder.File("model/model.safetensors");
        var bytes = File.ReadAllBytes(file);
        BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - 4), float.NaN);
        File.WriteAllBytes(file, bytes);

        var run = CommandRun.Of("export", "--model", _model, "--weights-precision", precision, "-o", _folder.File("out"));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("holds NaN at ", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("out")));
    }

    [Fact]
    public void Half_precision_halves_the_file_and_rounds_the_weights()
    {
        var output = _folder.File("half");

        var run = CommandRun.Of("export", "--model", _model, "--precision", "fp16", "--output", output, "--json");

        Assert.Equal(0, run.ExitCode);
        var files = run.Json.GetProperty("files").EnumerateArray().Select(file => file.GetString()!).ToArray();
        string[] expected = ["1_Pooling/config.json", "README.md", "config.json", "model.safetensors", "modules.json"];
        Assert.Equal(expected, expected.Intersect(files));
        using var before = ModelFolder.Open(_model).OpenCheckpoint();
        using var after = ModelFolder.Open(output).OpenCheckpoint();
        Assert.Equal(before.Tensors.Keys.Order(), after.Tensors.Keys.Order());
        foreach (var (name, tensor) in after.Tensors)
        {
            Assert.Equal(TensorType.Float16, tensor.Type);
            Assert.Equal(before.Tensors[name].ToSingles().Select(value => (float)(Half)value), tensor.ToSingles());
        }
    }

    [Fact]
    public void A_copy_in_single_precision_is_the_same_model_with_its_card()
    {
        var output = _folder.File("copy");

        Assert.Equal(0, CommandRun.Of("export", "--model", _model, "--output", output).ExitCode);

        Assert.Equal(File.ReadAllBytes(Path.Combine(_model, "model.safetensors")), File.ReadAllBytes(Path.Combine(output, "model.safetensors")));
        Assert.Equal("# A card\n", File.ReadAllText(Path.Combine(output, "README.md")));
    }

    [Fact]
    public void A_card_of_ones_own_replaces_the_models()
    {
        File.WriteAllText(_folder.File("card.md"), "# Another\n");

        Assert.Equal(0, CommandRun.Of("export", "--model", _model, "--model-card", _folder.File("card.md"), "--output", _folder.File("copy")).ExitCode);

        Assert.Equal("# Another\n", File.ReadAllText(_folder.File("copy/README.md")));
    }

    [Fact]
    public void Weights_beyond_half_precision_are_refused()
    {
        var model = ModelFolder.Open(_model);
        using var checkpoint = model.OpenCheckpoint();
        var weights = EncoderWeights.From(checkpoint, model.Config).Tensors.Select(tensor => Tensor.From(
            tensor.Key, tensor.Value.Shape, tensor.Value.ToSingles().Select(value => tensor.Key == WeightNames.EmbeddingsNorm.Weight ? 70000 : value).ToArray()));
        ModelFolderWriter.Write(
            _folder.File("large"),
            new ModelContent { Config = model.Config, Weights = weights, TokenizerFolder = _model },
            cancellationToken: TestContext.Current.CancellationToken);

        var run = CommandRun.Of("export", "--model", _folder.File("large"), "--precision", "fp16", "--output", _folder.File("half"));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("'embeddings.LayerNorm.weight' holds 70000, and float16 ends at 65,504: export float32 instead.", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("half")));
    }

    [Fact]
    public void Onnx_in_int8_comes_with_a_report()
    {
        var run = CommandRun.Of("export", "--model", _model, "--to", "onnx", "--precision", "int8", "--min-cosine", "0.5", "--output", _folder.File("onnx"), "--json");

        Assert.Equal(0, run.ExitCode);
        var files = run.Json.GetProperty("files").EnumerateArray().Select(file => file.GetString()!).ToArray();
        Assert.Contains("onnx/model_quantized.onnx", files);
        Assert.DoesNotContain("onnx/model.onnx", files);
        Assert.InRange(run.Json.GetProperty("report").GetProperty("meanCosine").GetDouble(), 0.5, 1);
        Assert.Equal("words drawn from the vocabulary", run.Json.GetProperty("report").GetProperty("textsSource").GetString());
    }

    [Fact]
    public void Onnx_is_measured_on_the_texts_that_are_given_and_refused_below_the_minimum()
    {
        File.WriteAllLines(_folder.File("texts.txt"), ["the cat sat", "on the mat", "a dog", "the dog"]);

        var run = CommandRun.Of(
            "export", "--model", _model, "--to", "onnx", "--data", _folder.File("texts.txt"), "--min-cosine", "1", "--output", _folder.File("onnx"));

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("(from texts.txt), less than the 1 that is asked for", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("onnx")));
    }

    [Theory]
    [InlineData("safetensors", "int8", "int8 goes --to onnx")]
    [InlineData("onnx", "fp16", "ONNX files are written in fp32 or int8")]
    public void A_precision_that_the_format_has_not_is_wrong_usage(string format, string precision, string message)
    {
        var run = CommandRun.Of("export", "--model", _model, "--to", format, "--precision", precision, "--output", _folder.File("wrong"));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, string.Join('\n', run.ErrorLines), StringComparison.Ordinal);
    }
}
