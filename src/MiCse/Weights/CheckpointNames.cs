using MiCse.Files;
using MiCse.Models;

namespace MiCse.Weights;

/// <summary>
/// Maps the names a checkpoint has onto the canonical ones of <see cref="WeightNames"/>: any prefix before the encoder
/// (<c>bert.</c>, <c>roberta.</c>, <c>module.</c>, <c>0.auto_model.</c>, none), <c>gamma</c>/<c>beta</c>, and the training head, which
/// lies beside the prefixed encoder.
/// </summary>
internal static class CheckpointNames
{
    /// <summary>The canonical name of every key that belongs to the encoder, its pooler or the training head; other keys (task heads) are left out.</summary>
    /// <exception cref="ModelFormatException">Two encoders in one file, or one weight under two names.</exception>
    public static Dictionary<string, string> Canonical(string source, IEnumerable<string> names)
    {
        var all = names.Order(StringComparer.Ordinal).ToList();
        var prefix = EncoderPrefix(source, all);
        var original = new Dictionary<string, string>();
        foreach (var name in all)
        {
            if (CanonicalOf(name, prefix) is { } canonical && !original.TryAdd(canonical, name))
            {
                throw new ModelFormatException(source, $"holds '{canonical}' twice, as '{original[canonical]}' and '{name}'");
            }
        }

        return original;
    }

    private static string? CanonicalOf(string name, string prefix)
    {
        var head = name.EndsWith(WeightNames.ProjectionHead.Weight, StringComparison.Ordinal) ? WeightNames.ProjectionHead.Weight
            : name.EndsWith(WeightNames.ProjectionHead.Bias, StringComparison.Ordinal) ? WeightNames.ProjectionHead.Bias
            : null;
        if (head is not null && prefix.StartsWith(name[..^head.Length], StringComparison.Ordinal))
        {
            return head;
        }

        if (!name.StartsWith(prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var inner = ModernNormName(name[prefix.Length..]);
        var belongs = WeightNames.Sections.Any(section => inner.StartsWith(section, StringComparison.Ordinal));
        return belongs && !WeightNames.Buffers.Contains(inner) ? inner : null;
    }

    /// <summary>TensorFlow's names of a LayerNorm's parameters, which the first checkpoints kept.</summary>
    private static string ModernNormName(string name) =>
        name.EndsWith(".LayerNorm.gamma", StringComparison.Ordinal) ? name[..^"gamma".Length] + "weight"
        : name.EndsWith(".LayerNorm.beta", StringComparison.Ordinal) ? name[..^"beta".Length] + "bias"
        : name;

    /// <summary>What <see cref="ModernNormName"/> makes modern; other names stay.</summary>
    public static string OldNormName(string name) =>
        name.EndsWith(".LayerNorm.weight", StringComparison.Ordinal) ? name[..^"weight".Length] + "gamma"
        : name.EndsWith(".LayerNorm.bias", StringComparison.Ordinal) ? name[..^"bias".Length] + "beta"
        : name;

    /// <summary>What stands before the encoder's names. The word embeddings tell; without them the prefix that most names share.</summary>
    private static string EncoderPrefix(string source, List<string> names)
    {
        var encoders = names.Where(name => name == WeightNames.WordEmbeddings || name.EndsWith("." + WeightNames.WordEmbeddings, StringComparison.Ordinal))
            .Select(name => name[..^WeightNames.WordEmbeddings.Length]).ToList();
        if (encoders.Count > 1)
        {
            throw new ModelFormatException(
                source, $"holds {encoders.Count} encoders (with the prefixes {string.Join(", ", encoders.Select(prefix => $"'{prefix}'"))}); expected is one");
        }

        return encoders.FirstOrDefault() ?? names.Select(PrefixOfLayer).OfType<string>()
            .GroupBy(prefix => prefix).OrderByDescending(group => group.Count()).FirstOrDefault()?.Key ?? "";
    }

    private static string? PrefixOfLayer(string name)
    {
        var start = name.IndexOf(WeightNames.Layers, StringComparison.Ordinal);
        return start == 0 || (start > 0 && name[start - 1] == '.') ? name[..start] : null;
    }
}
