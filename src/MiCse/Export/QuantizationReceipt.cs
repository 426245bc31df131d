using System.Text.Json.Nodes;

namespace MiCse.Export;

/// <summary>What rounding a model to int8 cost and brought, measured on the exported file itself; <see cref="QuantizationMeasurement"/> makes it.</summary>
/// <param name="Texts">How many texts were compared.</param>
/// <param name="TextsSource">Where they are from, for people.</param>
/// <param name="MeanCosine">Mean over the texts of the cosine between the float32 and the int8 embedding.</param>
/// <param name="WorstCosine">The smallest of these cosines.</param>
/// <param name="Neighbors">How many nearest neighbours of each text were compared.</param>
/// <param name="NeighborOverlap">The share of a text's nearest neighbours that both precisions have in common, 0..1.</param>
/// <param name="Float32Bytes">Size of the weights in float32.</param>
/// <param name="Int8Bytes">Size of the int8 file.</param>
/// <param name="Float32Speed">Texts a second in float32.</param>
/// <param name="Int8Speed">Texts a second in int8, on the same texts, threads and machine.</param>
/// <param name="Threads">Processor threads of both.</param>
public sealed record QuantizationReceipt(
    int Texts,
    string TextsSource,
    double MeanCosine,
    double WorstCosine,
    int Neighbors,
    double NeighborOverlap,
    long Float32Bytes,
    long Int8Bytes,
    double Float32Speed,
    double Int8Speed,
    int Threads)
{
    /// <summary>Spearman's correlation on STS Benchmark's development set in float32, -1..1; null when it was not measured.</summary>
    public double? Float32Sts { get; init; }

    /// <summary>The same in int8.</summary>
    public double? Int8Sts { get; init; }

    /// <summary>For programs; the names are those of the receipt's file.</summary>
    public JsonObject ToJson() => new()
    {
        ["precision"] = "int8",
        ["texts"] = Texts,
        ["textsSource"] = TextsSource,
        ["meanCosine"] = MeanCosine,
        ["worstCosine"] = WorstCosine,
        ["neighbors"] = Neighbors,
        ["neighborOverlap"] = NeighborOverlap,
        ["stsBenchmarkDev"] = Float32Sts is { } before && Int8Sts is { } after
            ? new JsonObject { ["float32"] = before, ["int8"] = after, ["difference"] = after - before }
            : null,
        ["bytes"] = new JsonObject { ["float32"] = Float32Bytes, ["int8"] = Int8Bytes },
        ["textsPerSecond"] = new JsonObject { ["float32"] = Float32Speed, ["int8"] = Int8Speed, ["threads"] = Threads },
    };

    /// <summary>For people: names and figures.</summary>
    public IReadOnlyList<IReadOnlyList<string>> ToRows() =>
    [
        ["texts", FormattableString.Invariant($"{Texts:N0}, {TextsSource}")],
        ["cosine to float32", FormattableString.Invariant($"{MeanCosine:0.00000} mean, {WorstCosine:0.00000} worst")],
        ["nearest neighbours", FormattableString.Invariant($"{NeighborOverlap * 100:0.0} % of {Neighbors} are the same")],
        ["STS-B dev", Float32Sts is { } before && Int8Sts is { } after
            ? FormattableString.Invariant($"{after * 100:0.00}, float32 {before * 100:0.00}, difference {(after - before) * 100:+0.00;-0.00;0.00}")
            : "not measured"],
        ["size", FormattableString.Invariant($"{Int8Bytes / 1e6:N1} MB, float32 {Float32Bytes / 1e6:N1} MB")],
        ["speed", FormattableString.Invariant(
            $"{Int8Speed:N0} texts/s, float32 {Float32Speed:N0}, {Threads} thread{(Threads == 1 ? "" : "s")}, {Int8Speed / Float32Speed:0.0} times")],
    ];
}
