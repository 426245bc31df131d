using System.Diagnostics.CodeAnalysis;

namespace MiCse.Models;

/// <summary>
/// How poolings are spelled: on the command line and in config.json (<c>micse_pooling</c>), and as modes of sentence-transformers, which puts the vectors of
/// several modes side by side.
/// </summary>
internal static class PoolingNames
{
    // In the order of Pooling.
    private static readonly string[] s_names =
        ["cls-before-pooler", "cls", "mean", "mean-last-two", "mean-first-last", "max", "mean-sqrt-length", "weighted-mean", "last-token"];

    /// <summary>The modes of sentence-transformers in the order in which their vectors stand side by side: the mode's name, and the key of its flag.</summary>
    public static IReadOnlyList<PoolingMode> Modes { get; } =
    [
        new(Pooling.ClsBeforePooler, "cls", "pooling_mode_cls_token"),
        new(Pooling.Max, "max", "pooling_mode_max_tokens"),
        new(Pooling.Mean, "mean", "pooling_mode_mean_tokens"),
        new(Pooling.MeanSqrtLength, "mean_sqrt_len_tokens", "pooling_mode_mean_sqrt_len_tokens"),
        new(Pooling.WeightedMean, "weightedmean", "pooling_mode_weightedmean_tokens"),
        new(Pooling.LastToken, "lasttoken", "pooling_mode_lasttoken"),
    ];

    /// <summary>All spellings, in the order of <see cref="Pooling"/>.</summary>
    public static IReadOnlyList<string> All => s_names;

    /// <summary>The spelling of a pooling.</summary>
    public static string Name(this Pooling pooling) => s_names[(int)pooling];

    /// <summary>The spelling of poolings side by side: "cls-before-pooler+mean".</summary>
    public static string Name(this IEnumerable<Pooling> poolings) => string.Join('+', poolings.Select(Name));

    /// <summary>Whether sentence-transformers computes it too, so that a modules.json can say it.</summary>
    internal static bool IsKnownToSentenceTransformers(this Pooling pooling) => Modes.Any(mode => mode.Pooling == pooling);

    /// <summary>The pooling of a spelling; case matters.</summary>
    public static bool TryParse([NotNullWhen(true)] string? name, out Pooling pooling)
    {
        var index = Array.IndexOf(s_names, name);
        pooling = index < 0 ? default : (Pooling)index;
        return index >= 0;
    }
}

/// <summary>A mode of sentence-transformers' pooling.</summary>
/// <param name="Pooling">What it computes.</param>
/// <param name="Mode">Its name.</param>
/// <param name="Flag">The key of its flag.</param>
internal sealed record PoolingMode(Pooling Pooling, string Mode, string Flag);
