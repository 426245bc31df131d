namespace MiCse.Export;

/// <summary>What a <see cref="QuantizationReceipt"/> says besides what is measured on the texts.</summary>
internal sealed record QuantizationMeasurementOptions
{
    /// <summary>Where the texts are from, for people.</summary>
    public required string TextsSource { get; init; }

    /// <summary>Size of the weights in float32.</summary>
    public required long Float32Bytes { get; init; }

    /// <summary>Size of the int8 file.</summary>
    public required long Int8Bytes { get; init; }

    /// <summary>The threads that both encoders were made with.</summary>
    public required int Threads { get; init; }

    /// <summary>SentEval's downstream folder, to score STS Benchmark's development set; null does not.</summary>
    public string? EvaluationFolder { get; init; }
}
