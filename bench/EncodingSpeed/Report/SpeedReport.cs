using System.Text;
using MiCse.EncodingSpeed.Contestants;
using MiCse.EncodingSpeed.Measures;

namespace MiCse.EncodingSpeed.Report;

/// <summary>All measurements as Markdown.</summary>
/// <param name="command">The arguments that made them.</param>
/// <param name="setting">What they have in common.</param>
internal sealed class SpeedReport(string command, Setting setting)
{
    private readonly StringBuilder _text = new();

    /// <summary>Writes the report.</summary>
    /// <param name="shapes">The large model first.</param>
    /// <param name="tokenizer">The tokenizers.</param>
    /// <param name="coldStart">Seconds of <c>micse similarity A B</c>.</param>
    /// <param name="wholeFile">The encoding of a file.</param>
    /// <param name="goals">Goals to compare with; none for a model that they were not set for.</param>
    /// <param name="remarks">What the reader should know besides, for example why a contestant is missing.</param>
    public string Write(
        IReadOnlyList<ShapeResults> shapes, TokenizerSpeed tokenizer, double coldStart, CommandRun wholeFile, IReadOnlyList<Goal> goals, IReadOnlyList<string> remarks)
    {
        Line("# Speed of encoding");
        Line();
        Line($"    dotnet run -c Release --project bench/EncodingSpeed -- {command}");
        Line();
        Line($"From strings to vectors: {setting.Sentences:N0} English Wikipedia sentences sorted by length, dealt in batches of 32 into {setting.Parts} parts; {setting.Rounds} of them "
            + $"were encoded, one a round, by {setting.Threads} threads on "
            + $"{Environment.ProcessorCount} processors. Each contestant is a process of its own; they take turns in each round, and ratios are medians of "
            + "the rounds' ratios. (a) to (c) run on this project's tokenizer, (a) and (b) the file that `micse export --to onnx` writes, whose operators are fused already.");
        remarks.ToList().ForEach(remark => Line($"\n{remark}"));
        if (goals.Count > 0)
        {
            Line("\n## Goals\n\n| | goal | measured | |\n|---|---|---|---|");
            goals.ToList().ForEach(goal => Line(goal.ToRow()));
        }

        shapes.ToList().ForEach(Write);
        Line("\n## Parts\n\n| | |\n|---|---|");
        Line($"| tokenizer, one core | {tokenizer.Own / 1e6:0.0} M tokens/s, {tokenizer.BytesPerText:0} bytes a text for {tokenizer.TokensPerText:0.0} ids of 4 |");
        Line($"| Microsoft.ML.Tokenizers on the same sentences | {tokenizer.Microsoft / 1e6:0.0} M tokens/s |");
        Line($"| `micse similarity A B` | {coldStart:0.00} s on the wall |");
        Line($"| `micse encode` of {setting.FileSentences:N0} sentences to .npy with {ModelSource.BuiltIn} | "
            + $"{setting.FileSentences / wholeFile.Seconds:N0} sentences/s, peak {wholeFile.PeakBytes / 1e6:0} MB |");
        return _text.ToString();
    }

    private void Write(ShapeResults shape)
    {
        Line($"\n## {shape.Shape.Title}\n");
        Line($"{shape.Work.Texts:N0} sentences, {(double)shape.Work.Tokens / shape.Work.Texts:0.0} tokens each. Measured peak of a 2048³ product: "
            + $"{shape.Peak.Float32 / 1e9:0} GFLOP/s in float32, {shape.Peak.Int8 / 1e9:0} GOP/s in int8.\n");
        Line("| | sentences/s | tokens/s | speed against MiCse float32 | one short text, ms | against (b) | share of peak | peak MB | cosine |\n|---|---|---|---|---|---|---|---|---|");
        var (reference, sorted) = (shape[Names.OwnFloat32]!, shape[Names.Sorted]!);
        foreach (var result in shape.Results)
        {
            var peak = result.Name switch
            {
                Names.OwnFloat32 or Names.OneByOne or Names.Sorted => (double?)shape.Peak.Float32,
                Names.OwnInt8 => shape.Peak.Int8,
                _ => null,
            };
            var rate = shape.TextsPerSecond(result);
            Line($"| {result.Name} | {rate:N1} | {rate * shape.Work.Tokens / shape.Work.Texts:N0} | {result.SpeedAgainst(reference):0.00} "
                + $"| {1000 * Statistics.Median(result.SingleSeconds):0.0} | {result.LatencyAgainst(sorted):0.00} "
                + $"| {(peak is { } reached ? Percent(shape.ShareOfPeak(result, reached)) : "-")} | {result.PeakBytes / 1e6:N0} | {result.Cosine:0.0000} |");
        }
    }

    private static string Percent(double value) => value.ToString("0 %", System.Globalization.CultureInfo.InvariantCulture);

    private void Line(string text = "") => _text.Append(text).Append('\n');
}
