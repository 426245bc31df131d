using MiCse.Files;
using MiCse.Models;
using MiCse.Tensors;

namespace MiCse.Weights;

/// <summary>
/// Maps the names a checkpoint has onto the canonical ones of <see cref="WeightNames"/>: those of its family (<see cref="WeightMap"/>) with any prefix before
/// the encoder (the family's, <c>module.</c>, <c>0.auto_model.</c>, none), <c>gamma</c>/<c>beta</c>, and the training head, which lies beside the prefixed encoder.
/// </summary>
/// <param name="map">How the family spells its weights.</param>
internal sealed class CheckpointNames(WeightMap map)
{
    /// <summary>The encoder, its pooler and the training head by canonical name; other tensors (task heads) are left out. No data is copied.</summary>
    /// <param name="source">The file that messages name.</param>
    /// <param name="tensors">Tensors by the names their files spell.</param>
    /// <exception cref="ModelFormatException">Two encoders in one file, or one weight under two names.</exception>
    public Dictionary<string, Tensor> Canonical(string source, IReadOnlyDictionary<string, Tensor> tensors)
    {
        List<string> all = [.. tensors.Keys];
        all.Sort(StringComparer.Ordinal);
        var prefix = EncoderPrefix(source, all);
        var canonical = new Dictionary<string, Tensor>();
        var original = new Dictionary<string, string>();
        foreach (var name in all)
        {
            var parts = CanonicalOf(name, prefix);
            for (var part = 0; part < parts.Count; part++)
            {
                if (!original.TryAdd(parts[part], name))
                {
                    throw new ModelFormatException(source, $"holds '{parts[part]}' twice, as '{original[parts[part]]}' and '{name}'");
                }

                canonical[parts[part]] = parts.Count == 1 ? tensors[name] : tensors[name].RowsOf(part, parts.Count);
            }
        }

        return canonical;
    }

    /// <summary>The names in a file of what is no part of some weights: heads of other tasks, a pooler that is not used. Buffers, which hold no weights, do not count.</summary>
    /// <param name="source">The file that messages name.</param>
    /// <param name="tensors">Tensors by the names their files spell.</param>
    /// <param name="kept">Canonical names.</param>
    /// <exception cref="ModelFormatException">Two encoders in one file.</exception>
    public IReadOnlyList<string> LeftOut(string source, IReadOnlyDictionary<string, Tensor> tensors, IReadOnlySet<string> kept)
    {
        var all = tensors.Keys.Order(StringComparer.Ordinal).ToList();
        var prefix = EncoderPrefix(source, all);
        return [.. all.Where(name => !map.Buffers.Any(buffer => name == prefix + buffer) && !CanonicalOf(name, prefix).Any(kept.Contains))];
    }

    /// <summary>Weights under canonical names as a file of the family has them.</summary>
    public IEnumerable<Tensor> ToFile(IEnumerable<Tensor> weights) => map.IsStacked
        ? weights.GroupBy(weight => map.FileName(weight.Name)).Select(parts => Stack(parts.Key, [.. parts]))
        : weights.Select(weight => weight.WithName(map.FileName(weight.Name)));

    private Tensor Stack(string name, IReadOnlyList<Tensor> parts)
    {
        var order = map.Canonical(name).ToList();
        return new Tensor(name, parts[0].Type, [parts.Sum(part => part.Shape[0]), .. parts[0].Shape.Skip(1)], stream =>
        {
            foreach (var part in parts.OrderBy(part => order.IndexOf(part.Name)))
            {
                part.WriteTo(stream);
            }
        });
    }

    private IReadOnlyList<string> CanonicalOf(string name, string prefix)
    {
        var head = name.EndsWith(WeightNames.ProjectionHead.Weight, StringComparison.Ordinal) ? WeightNames.ProjectionHead.Weight
            : name.EndsWith(WeightNames.ProjectionHead.Bias, StringComparison.Ordinal) ? WeightNames.ProjectionHead.Bias
            : null;
        if (head is not null && prefix.StartsWith(name[..^head.Length], StringComparison.Ordinal))
        {
            return [head];
        }

        if (!name.StartsWith(prefix, StringComparison.Ordinal))
        {
            return [];
        }

        var inner = ModernNormName(name[prefix.Length..]);
        var belongs = map.Sections.Any(section => inner.StartsWith(section, StringComparison.Ordinal));
        return belongs && !map.Buffers.Contains(inner) ? map.Canonical(inner) : [];
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
    private string EncoderPrefix(string source, List<string> names)
    {
        var words = map.FileName(WeightNames.WordEmbeddings);
        var encoders = names.Where(name => name == words || name.EndsWith("." + words, StringComparison.Ordinal)).Select(name => name[..^words.Length]).ToList();
        if (encoders.Count > 1)
        {
            throw new ModelFormatException(
                source, $"holds {encoders.Count} encoders (with the prefixes {string.Join(", ", encoders.Select(prefix => $"'{prefix}'"))}); expected is one");
        }

        return encoders.FirstOrDefault() ?? names.Select(PrefixOfLayer).OfType<string>()
            .GroupBy(prefix => prefix).OrderByDescending(group => group.Count()).FirstOrDefault()?.Key ?? "";
    }

    private string? PrefixOfLayer(string name)
    {
        var start = name.IndexOf(map.Layers, StringComparison.Ordinal);
        return start == 0 || (start > 0 && name[start - 1] == '.') ? name[..start] : null;
    }
}
