using System.Globalization;
using System.Text;
using MiCse.Serving.Load;
using MiCse.Serving.Parts;
using MiCse.Serving.Servers;

namespace MiCse.Serving;

/// <summary>The parts of the measurement, one after the other.</summary>
internal static class Comparison
{
    public const string Starts = "starts";
    public const string Loads = "loads";
    public const string Bulk = "bulk";
    public const string Throughput = "throughput";

    /// <returns>The report in Markdown.</returns>
    public static async Task<string> RunAsync(Setting setting, IReadOnlyCollection<string> parts, IReadOnlyCollection<string> servers, TextWriter progress, CancellationToken stop)
    {
        var report = new StringBuilder();
        using var encoder = SentenceEncoder.Load(setting.Model);
        var needsMany = parts.Contains(Bulk) || parts.Contains(Throughput);
        var lines = File.ReadLines(setting.Data).Where(line => line.Length > 0).Take(needsMany ? setting.BulkTexts : Setting.Texts).ToList();
        var few = new Texts([.. lines.Take(Setting.Texts)], encoder);
        var many = needsMany ? new Texts(lines, encoder) : few;
        var own = Contestant.Own(setting);
        var contestants = servers.Select(server => server switch
        {
            "plain" => Contestant.Plain(setting),
            "llama" => Contestant.Llama(setting),
            _ => own,
        }).OfType<Contestant>().ToList();

        report.AppendLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Model {Path.GetFileName(setting.Model)}, {Environment.ProcessorCount} processors, {many.All.Average(text => text.Length):0} characters a text, {setting.Seconds} seconds a load."));
        await Add(Starts, () => Parts.Starts.MeasureAsync(contestants, few, stop));
        await Add(Loads, () => Parts.Loads.MeasureAsync(contestants, few, setting, progress, stop));
        await Add(Bulk, () => QueryBesideBulk.MeasureAsync(contestants, few, many, setting, progress, stop));
        await Add(Throughput, () => Parts.Throughput.MeasureAsync(own, encoder, many, progress, stop));
        return report.ToString();

        async Task Add(string part, Func<Task<Table>> measure)
        {
            if (parts.Contains(part))
            {
                progress.WriteLine(part);
                report.AppendLine().Append(await measure());
            }
        }
    }
}
