using System.Diagnostics;
using MiCse.Serving.Load;
using MiCse.Serving.Servers;

namespace MiCse.Serving.Parts;

/// <summary>Short texts a second through HTTP, beside the encoder without a server.</summary>
internal static class Throughput
{
    private const int Rounds = 3;
    private const int TextsPerRequest = 1_000;
    private const int RequestsAtOnce = 4;

    /// <summary>Measures; the ways take turns.</summary>
    public static async Task<Table> MeasureAsync(Contestant own, SentenceEncoder encoder, Texts texts, TextWriter progress, CancellationToken stop)
    {
        using var server = own.Start();
        (string Name, BulkJob Job)[] ways =
        [
            ("through HTTP as base64, what clients of OpenAI ask for", new BulkJob(texts, TextsPerRequest, BulkRoute.Base64)),
            ("through HTTP as JSON numbers", new BulkJob(texts, TextsPerRequest, BulkRoute.Numbers)),
        ];
        var offline = new List<double>();
        var rates = ways.Select(_ => new List<double>()).ToList();
        encoder.Encode([.. texts.All.Take(TextsPerRequest)], cancellationToken: stop);
        for (var round = 0; round < Rounds; round++)
        {
            progress.WriteLine($"throughput, round {round + 1} of {Rounds}");
            var begin = Stopwatch.GetTimestamp();
            encoder.Encode(texts.All, cancellationToken: stop);
            offline.Add(texts.All.Count / Stopwatch.GetElapsedTime(begin).TotalSeconds);
            foreach (var (rate, way) in rates.Zip(ways))
            {
                rate.Add((await way.Job.RunAsync(server.Address, RequestsAtOnce, isExact: true, stop)).PerSecond);
            }
        }

        var table = new Table("short texts, median of 3 rounds", "texts/s", "of the encoder's");
        table.Add("the encoder without a server", $"{Median(offline):0}", $"1.00");
        foreach (var (rate, way) in rates.Zip(ways))
        {
            table.Add(FormattableString.Invariant($"{way.Name}, {TextsPerRequest} texts a request, {RequestsAtOnce} at a time"), $"{Median(rate):0}", $"{Median(rate.Zip(offline, (http, alone) => http / alone)):0.00}");
        }

        return table;

        static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);
    }
}
