namespace MiCse.Cli.Help;

/// <summary>The word that was probably meant.</summary>
internal static class Suggestion
{
    /// <summary>The nearest of some words, or null when none is near: at most a third of the letters are inserted, deleted, replaced or swapped with their neighbour.</summary>
    /// <param name="typed">What was typed.</param>
    /// <param name="words">What can be typed.</param>
    public static string? Nearest(string typed, IEnumerable<string> words)
    {
        var (nearest, distance) = words.Select(word => (word, Distance(typed.ToLowerInvariant(), word)))
            .DefaultIfEmpty(("", int.MaxValue))
            .MinBy(candidate => candidate.Item2);
        if (distance <= Math.Max(1, typed.TrimStart('-').Length / 3))
        {
            return nearest;
        }

        // "sim" → similarity, as long as nothing else begins so.
        return typed.TrimStart('-').Length >= 2 && words.Where(word => word.StartsWith(typed, StringComparison.OrdinalIgnoreCase)).Take(2).ToArray() is [var only] ? only : null;
    }

    /// <summary>Optimal string alignment: insertions, deletions, replacements and swaps of neighbours.</summary>
    private static int Distance(string first, string second)
    {
        var distances = new int[first.Length + 1, second.Length + 1];
        for (var i = 0; i <= first.Length; i++)
        {
            for (var j = 0; j <= second.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    distances[i, j] = i + j;
                    continue;
                }

                var replaced = distances[i - 1, j - 1] + (first[i - 1] == second[j - 1] ? 0 : 1);
                var least = Math.Min(replaced, 1 + Math.Min(distances[i - 1, j], distances[i, j - 1]));
                distances[i, j] = i > 1 && j > 1 && first[i - 1] == second[j - 2] && first[i - 2] == second[j - 1]
                    ? Math.Min(least, distances[i - 2, j - 2] + 1)
                    : least;
            }
        }

        return distances[first.Length, second.Length];
    }
}
