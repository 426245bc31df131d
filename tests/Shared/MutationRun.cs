using System.Globalization;

namespace MiCse.Tests;

/// <summary>
/// Reads a file in many damaged forms. Each must be read, or refused by a documented exception with one short line, in memory that follows the size
/// of the file. <c>MICSE_MUTATIONS=100000</c> sets how many forms each format has.
/// </summary>
internal static class MutationRun
{
    private const long MostAllocated = 256L << 20;
    private const int LongestMessage = 1_000;
    private const int FailuresShown = 10;

    /// <summary>Runs them, and fails with the first of every kind of failure.</summary>
    /// <param name="whole">The undamaged file.</param>
    /// <param name="count">How many forms, unless the environment says.</param>
    /// <param name="read">Reads a damaged form and throws what a user would get.</param>
    /// <param name="isDocumented">Whether an exception is one that the documentation names.</param>
    public static void Check(byte[] whole, int count, Action<byte[]> read, Func<Exception, bool> isDocumented)
    {
        var failures = new Dictionary<string, string>();
        count = int.TryParse(Environment.GetEnvironmentVariable("MICSE_MUTATIONS"), CultureInfo.InvariantCulture, out var asked) ? asked : count;
        for (var number = 0; number < count; number++)
        {
            var bytes = Mutator.Damage(whole, number);
            if (Failure(bytes, read, isDocumented) is { } failure)
            {
                failures.TryAdd(failure.Split('\n')[0], $"damage {number}: {failure}");
            }
        }

        Assert.True(failures.Count == 0, string.Join("\n\n", failures.Values.Take(FailuresShown)));
    }

    /// <summary>What is wrong with the answer to one damaged form; null when nothing is.</summary>
    public static string? Failure(byte[] bytes, Action<byte[]> read, Func<Exception, bool> isDocumented)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            read(bytes);
        }
        catch (Exception refusal) when (isDocumented(refusal))
        {
            if (refusal.Message.Length > LongestMessage || refusal.Message.Any(char.IsControl))
            {
                return $"a message of {refusal.Message.Length} characters\n{refusal.Message}";
            }
        }
        catch (Exception other)
        {
            var place = other.StackTrace?.Split('\n').FirstOrDefault(line => line.Contains("MiCse", StringComparison.Ordinal));
            return $"{other.GetType().Name} {place?.Trim()}\n{other}";
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return allocated > MostAllocated ? $"memory\n{allocated} bytes allocated for a file of {bytes.Length}" : null;
    }
}
