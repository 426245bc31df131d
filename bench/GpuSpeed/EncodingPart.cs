using System.Diagnostics;
using System.Globalization;
using MiCse.Models;
using MiCse.Training.Inference;
using MiCse.Verification;

namespace MiCse.GpuSpeed;

/// <summary>Encoding: the built-in model's vectors beside those of the library's own engine, and how fast a model of the given size is.</summary>
internal static class EncodingPart
{
    private static readonly EncoderPrecision[] s_precisions = [EncoderPrecision.Float32, EncoderPrecision.Float16, EncoderPrecision.BFloat16];

    /// <summary>The rows of a Markdown table.</summary>
    public static IEnumerable<string> Run(Setting setting)
    {
        yield return "| encoding | texts/s | tokens/s | least cosine to the own engine | mean cosine |";
        yield return "|---|---|---|---|---|";
        var texts = Setting.Sentences(setting.Texts);
        var few = texts.Take(1_000).ToArray();
        var (own, cpuRate) = (Vectors(setting.Trained.Path, new SentenceEncoderOptions(), few), Rate(setting, new SentenceEncoderOptions(), [.. texts.Take(setting.Texts / 20)]));
        yield return Row("own engine, processor, fp32", cpuRate, "", "");
        foreach (var precision in s_precisions)
        {
            var options = new SentenceEncoderOptions { Backend = new TorchBackend(setting.Device), Precision = precision };
            var check = EmbeddingComparison.Near("", own, Vectors(setting.Trained.Path, options, few), 1);
            yield return Row($"libtorch, {setting.Device.ToString().ToLowerInvariant()}, {precision.Name()}", Rate(setting, options, texts), Cosine(check.WorstCosine), Cosine(check.MeanCosine));
        }
    }

    private static MiCse.Vectors.EmbeddingMatrix Vectors(string model, SentenceEncoderOptions options, IReadOnlyList<string> texts)
    {
        using var encoder = SentenceEncoder.Load(model, options);
        return encoder.Encode(texts).Embeddings;
    }

    private static (double Texts, double Tokens) Rate(Setting setting, SentenceEncoderOptions options, IReadOnlyList<string> texts)
    {
        using var encoder = SentenceEncoder.Load(setting.Fresh().Path, options);
        encoder.Encode([.. texts.Take(500)]); // kernels are chosen and memory is had at the first batches
        var watch = Stopwatch.StartNew();
        var tokens = encoder.Encode(texts).TokenCounts.Sum(count => (long)count);
        return (texts.Count / watch.Elapsed.TotalSeconds, tokens / watch.Elapsed.TotalSeconds);
    }

    private static string Row(string name, (double Texts, double Tokens) rate, string least, string mean) =>
        string.Create(CultureInfo.InvariantCulture, $"| {name} | {rate.Texts:N0} | {rate.Tokens:N0} | {least} | {mean} |");

    private static string Cosine(double cosine) => cosine.ToString("0.0000000", CultureInfo.InvariantCulture);
}
