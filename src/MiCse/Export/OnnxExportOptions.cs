using MiCse.Models;

namespace MiCse.Export;

/// <summary>What <see cref="OnnxExport"/> writes and measures.</summary>
public sealed record OnnxExportOptions
{
    /// <summary>The files: <c>onnx/model.onnx</c> in float32, <c>onnx/model_quantized.onnx</c> in int8; the default is both.</summary>
    public IReadOnlyList<EncoderPrecision> Precisions { get; init; } = [EncoderPrecision.Float32, EncoderPrecision.Int8];

    /// <summary>
    /// The least mean cosine between float32 and int8 embeddings, 0..1; a model below it is not exported in int8. The default is 0.99.
    /// </summary>
    public double MinCosine { get; init; } = 0.99;

    /// <summary>The texts to compare int8 with float32 on, at least 2; null draws 300 from the vocabulary.</summary>
    public IReadOnlyList<string>? Texts { get; init; }

    /// <summary>Where <see cref="Texts"/> are from, for the receipt; null says that the caller gave them.</summary>
    public string? TextsSource { get; init; }

    /// <summary>SentEval's downstream folder, to score int8 and float32 on STS Benchmark's development set; null does not.</summary>
    public string? EvaluationFolder { get; init; }

    /// <summary>Processor threads of the measurement; null takes all.</summary>
    public int? Threads { get; init; }

    /// <summary>The text of README.md, to which the receipt is added; null takes the model's.</summary>
    public string? ModelCard { get; init; }
}
