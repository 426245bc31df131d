using MiCse.Serving.Load;
using MiCse.Serving.Servers;

namespace MiCse.Serving.Parts;

/// <summary>From the start of a process until it is ready, until its first answer, and its memory then.</summary>
internal static class Starts
{
    /// <summary>Measures; the servers take turns.</summary>
    public static async Task<Table> MeasureAsync(IReadOnlyList<Contestant> contestants, Texts texts, CancellationToken stop)
    {
        var empty = new Contestant("empty ASP.NET Core application", () => ServerProcess.StartRole("empty-server"));
        Contestant[] all = [empty, .. contestants];
        var runs = all.ToDictionary(contestant => contestant, _ => new List<(double Ready, double Answered, double Memory)>());
        for (var run = 0; run < Setting.Starts; run++)
        {
            foreach (var contestant in all)
            {
                using var server = contestant.Start();
                using var connection = new Connection(server.Address);
                var (_, body) = await connection.SendAsync(Connection.Request(server.Address, "/embed", texts.Body(run)), stop);
                var answered = server.SecondsSinceStart;
                if (contestant != empty && !texts.IsRight(body.Span, run, contestant.IsExact))
                {
                    throw new InvalidDataException($"{contestant.Name}: the first answer is wrong.");
                }

                runs[contestant].Add((server.StartSeconds, answered, server.ResidentMebibytes));
            }
        }

        var table = new Table("cold start", "ready, ms", "times the empty application's", "first answer, ms", "memory then, MiB");
        foreach (var contestant in all)
        {
            var (ready, readyOfEmpty) = (Median(contestant, run => run.Ready), Median(empty, run => run.Ready));
            table.Add(
                contestant.Name, $"{1000 * ready:0}", $"{ready / readyOfEmpty:0.00}", $"{1000 * Median(contestant, run => run.Answered):0}", $"{Median(contestant, run => run.Memory):0}");
        }

        return table;

        double Median(Contestant contestant, Func<(double Ready, double Answered, double Memory), double> value) => runs[contestant].Select(value).Order().ElementAt(Setting.Starts / 2);
    }
}
