using System.Diagnostics.CodeAnalysis;

namespace MiCse.Models;

/// <summary>
/// How poolings are spelled: on the command line and in config.json (<c>micse_pooling</c>), and as modes of sentence-transformers, which puts the vectors of
/// several modes side by side.
/// </summary>
internal static class PoolingNames
{
    private static readonly (Pooling Pooling, string Name)[] Table =
    [
        (Pooling.ClsBeforePooler, "cls-before-pooler"),
        (Pooling.Cls, "cls"),
        (Pooling.Mean, "mean"),
        (Pooling.MeanOfLastTwo, "mean-last-two"),
        (Pooling.MeanOfFirstAndLast, "mean-first-last"),
        (Pooling.Max, "max"),
        (Pooling.MeanSqrtLength, "mean-sqrt-length"),
        (Pooling.WeightedMean, "weighted-mean"),
        (Pooling.LastToken, "last-token"),
    ];

    /// <summary>The modes of sentence-transformers in the order in which their vectors stand side by side: the mode's name, and the key of its flag.</summary>
    public static IReadOnlyList<(Pooling Pooling, string Mode, string Flag)> Modes { get; } =
    [
        (Pooling.ClsBeforePooler, "cls", "pooling_mode_cls_token"),
        (Pooling.Max, "max", "pooling_mode_max_tokens"),
        (Pooling.Mean, "mean", "pooling_mode_mean_tokens"),
        (Pooling.MeanSqrtLength, "mean_sqrt_len_tokens", "pooling_mode_mean_sqrt_len_tokens"),
        (Pooling.WeightedMean, "weightedmean", "pooling_mode_weightedmean_tokens"),
        (Pooling.LastToken, "lasttoken", "pooling_mode_lasttoken"),
    ];

    /// <summary>All spellings, in the order of <see cref="Pooling"/>.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Table.Select(row => row.Name)];

    /// <summary>The spelling of a pooling.</summary>
    public static string Name(this Pooling pooling) => Table[(int)pooling].Name;

    /// <summary>The spelling of poolings side by side: "cls-before-pooler+mean".</summary>
    public static string Name(this IEnumerable<Pooling> poolings) => string.Join('+', poolings.Select(Name));

    /// <summary>Whether sentence-transformers computes it too, so that a modules.json can say it.</summary>
    internal static bool IsKnownToSentenceTransformers(this Pooling pooling) => Modes.Any(mode => mode.Pooling == pooling);

    /// <summary>The pooling of a spelling; case matters.</summary>
    public static bool TryParse([NotNullWhen(true)] string? name, out Pooling pooling)
    {
        var index = Array.FindIndex(Table, row => row.Name == name);
        pooling = index < 0 ? default : Table[index].Pooling;
        return index >= 0;
    }
}
