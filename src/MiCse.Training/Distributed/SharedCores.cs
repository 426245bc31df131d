using System.Text;

namespace MiCse.Training.Distributed;

/// <summary>How many ranks share the processor cores that this one may use.</summary>
internal static class SharedCores
{
    private const int LongestName = 512;
    private const string AllowedCores = "Cpus_allowed_list:";

    /// <summary>The ranks on this machine that may use the very same cores, this one included. Launchers that bind each rank to cores of its own give 1.</summary>
    public static int Ranks(ICollective ranks)
    {
        if (ranks.Count == 1)
        {
            return 1;
        }

        var own = new byte[LongestName];
        Encoding.UTF8.TryGetBytes($"{Environment.MachineName} {Cores()}", own, out _);
        var all = new byte[LongestName * ranks.Count];
        ranks.Gather(own, all);
        return Enumerable.Range(0, ranks.Count).Count(rank => all.AsSpan(rank * LongestName, LongestName).SequenceEqual(own));
    }

    private static string Cores()
    {
        const string Status = "/proc/self/status";
        return OperatingSystem.IsLinux() && File.Exists(Status)
            ? File.ReadLines(Status).FirstOrDefault(line => line.StartsWith(AllowedCores, StringComparison.Ordinal)) ?? ""
            : "";
    }
}
