using System.Text.Json.Nodes;
using MiCse.Files;
using MiCse.Inference;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Weights;

namespace MiCse.Export;

/// <summary>
/// Writes a folder that ONNX Runtime's users load and pool rightly: sentence-transformers and transformers (through optimum), transformers.js,
/// text-embeddings-inference, and this library.
/// </summary>
public static class OnnxExport
{
    /// <summary>The receipt of an int8 export in its folder.</summary>
    public const string ReceiptFile = "quantization.json";

    private const int DrawnTexts = 300;
    private const long DrawSeed = 42;

    /// <summary>Writes ONNX files, tokenizer, configuration, pooling and model card; an int8 model is measured against float32 first.</summary>
    /// <param name="folder">The folder to make; it may be there when it is empty.</param>
    /// <param name="model">The model to export; it needs float weights.</param>
    /// <param name="options">Which files, and how int8 is measured.</param>
    /// <param name="time">The clock that times encoding.</param>
    /// <param name="cancellationToken">Stops between files and within a batch.</param>
    /// <returns>What int8 costs and brings, or null when it is not among the precisions.</returns>
    /// <exception cref="ModelFormatException">The model cannot be used, is too large for the format, or int8 is below <see cref="OnnxExportOptions.MinCosine"/>.</exception>
    /// <exception cref="DataFormatException">A file of STS Benchmark is not what SentEval makes.</exception>
    /// <exception cref="IOException">There are files in the folder already, or it cannot be written.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <remarks>When it fails, nothing is left.</remarks>
    public static QuantizationReceipt? Write(
        string folder, ModelFolder model, OnnxExportOptions options, TimeProvider time, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        if (options.Precisions.FirstOrDefault(precision => precision.IsHalf()) is not EncoderPrecision.Float32 and var half)
        {
            throw new ArgumentException($"Precisions has {half.Name()}, in which no ONNX graph is written: choose {EncoderPrecision.Float32.Name()} or {EncoderPrecision.Int8.Name()}.");
        }

        QuantizationReceipt? receipt = null;
        AtomicFolder.Write(folder, target =>
        {
            WriteModel(target, model, options, cancellationToken);
            if (options.Precisions.Contains(EncoderPrecision.Int8))
            {
                receipt = Measure(target, model, options, time, cancellationToken);
                File.WriteAllText(Path.Combine(target, ReceiptFile), receipt.ToJson().ToJsonString(JsonFile.Indented) + "\n");
            }

            var card = options.ModelCard ?? ModelCard.Read(model.Path) ?? $"# {Path.GetFileName(Path.GetFullPath(model.Path))}\n";
            File.WriteAllText(Path.Combine(target, ModelCard.FileName), card.TrimEnd() + "\n\n" + OnnxCard.Section(model, options.Precisions, receipt));
        });
        return receipt;
    }

    private static void WriteModel(string target, ModelFolder model, OnnxExportOptions options, CancellationToken cancellationToken)
    {
        if (model.Static is not null)
        {
            throw new ModelFormatException(model.Path, "holds static embeddings, a table without an encoder, for which there is no graph: export it as safetensors");
        }

        var content = ModelContent.From(model, []);
        ModelFolderWriter.WriteDescription(target, content, cancellationToken);
        using var checkpoint = model.OpenCheckpoint();
        var weights = new CheckpointGraphWeights(EncoderWeights.From(checkpoint, model.Config), encoder => InputMeasurement.Of(encoder, model.TransformerPath));
        Directory.CreateDirectory(Path.Combine(target, "onnx"));
        foreach (var precision in options.Precisions)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                using var stream = File.Create(Path.Combine(target, FileOf(precision)));
                EncoderGraph.Write(stream, weights, content.Chain, content.ModuleWeights, precision);
            }
            catch (NotSupportedException failure)
            {
                throw new ModelFormatException(model.WeightsPath, $"{failure.Message}; export it as safetensors or in int8", failure);
            }
        }

        if (options.Precisions is [EncoderPrecision.Int8])
        {
            NameOnlyFile(Path.Combine(target, "config.json"));
        }
    }

    /// <summary>The tensors of a model that no output of its graph needs, and why.</summary>
    /// <param name="model">A model that was exported.</param>
    internal static IReadOnlyList<(string Name, string Why)> LeftOut(ModelFolder model)
    {
        using var checkpoint = model.OpenCheckpoint();
        var weights = EncoderWeights.From(checkpoint, model.Config);
        var heads = weights.Tensors.Keys.Except(WeightNames.Required(model.Config).Select(weight => weight.Name)).ToHashSet();
        var used = !model.Chain.Poolings.Any(pooling => PoolingFormula.Of(pooling).HasHead) ? []
            : heads.Where(name => name.StartsWith((weights.HasProjectionHead ? WeightNames.ProjectionHead : WeightNames.Pooler).Module + ".", StringComparison.Ordinal)).ToHashSet();
        return
        [
            .. heads.Except(used).Order(StringComparer.Ordinal).Select(name => (name, $"no output of the graph needs it, since the pooling is {model.Pooling.Name}; --to safetensors keeps a pooler")),
            .. ModelExport.LeftOut(model, checkpoint, weights.Tensors.Keys).Select(name => (name, "weights of another task")),
        ];
    }

    /// <summary>transformers.js looks for float32 first in some environments; this tells it what is there.</summary>
    private static void NameOnlyFile(string configPath)
    {
        var config = JsonNode.Parse(File.ReadAllText(configPath))!.AsObject();
        config["transformers.js_config"] = new JsonObject { ["dtype"] = "q8" };
        File.WriteAllText(configPath, config.ToJsonString(JsonFile.Indented) + "\n");
    }

    private static QuantizationReceipt Measure(
        string target, ModelFolder model, OnnxExportOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var threads = options.Threads ?? Environment.ProcessorCount;
        using var before = SentenceEncoder.Load(model.Path, new SentenceEncoderOptions { Threads = threads, Precision = EncoderPrecision.Float32 });
        using var after = SentenceEncoder.Load(target, new SentenceEncoderOptions { Threads = threads, Precision = EncoderPrecision.Int8 });
        var receipt = QuantizationMeasurement.Measure(
            before,
            after,
            options.Texts ?? SampleTexts.Draw(before.Tokenizer, DrawnTexts, DrawSeed),
            new QuantizationMeasurementOptions
            {
                TextsSource = options.Texts is null ? SampleTexts.Source : options.TextsSource ?? "given by the caller",
                Float32Bytes = WeightNames.CountParameters(model.Config) * sizeof(float),
                Int8Bytes = new FileInfo(Path.Combine(target, FileOf(EncoderPrecision.Int8))).Length,
                Threads = threads,
                EvaluationFolder = options.EvaluationFolder,
            },
            time,
            cancellationToken);
        return receipt.MeanCosine >= options.MinCosine
            ? receipt
            : throw new ModelFormatException(
                model.Path,
                FormattableString.Invariant($"its int8 embeddings have a mean cosine of {receipt.MeanCosine:0.0000} to the float32 ones ({receipt.TextsSource}), ")
                + FormattableString.Invariant($"less than the {options.MinCosine} that is asked for; export it in float32, or allow a smaller minimum"));
    }

    private static string FileOf(EncoderPrecision precision) => precision == EncoderPrecision.Int8 ? WeightsFile.QuantizedOnnx : WeightsFile.Onnx;
}
