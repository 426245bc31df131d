using System.Diagnostics.CodeAnalysis;

namespace MiCse.Models;

/// <summary>How poolings are spelled on the command line and in config.json (<c>micse_pooling</c>).</summary>
internal static class PoolingNames
{
    private static readonly (Pooling Pooling, string Name)[] Table =
    [
        (Pooling.ClsBeforePooler, "cls-before-pooler"),
        (Pooling.Cls, "cls"),
        (Pooling.Mean, "mean"),
        (Pooling.MeanOfLastTwo, "mean-last-two"),
        (Pooling.MeanOfFirstAndLast, "mean-first-last"),
    ];

    /// <summary>All spellings, in the order of <see cref="Pooling"/>.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Table.Select(row => row.Name)];

    /// <summary>The spelling of a pooling.</summary>
    public static string Name(this Pooling pooling) => Table[(int)pooling].Name;

    /// <summary>Whether sentence-transformers computes it too, so that a modules.json can say it.</summary>
    internal static bool IsKnownToSentenceTransformers(this Pooling pooling) => pooling is Pooling.ClsBeforePooler or Pooling.Mean;

    /// <summary>The pooling of a spelling; case matters.</summary>
    public static bool TryParse([NotNullWhen(true)] string? name, out Pooling pooling)
    {
        var index = Array.FindIndex(Table, row => row.Name == name);
        pooling = index < 0 ? default : Table[index].Pooling;
        return index >= 0;
    }
}
