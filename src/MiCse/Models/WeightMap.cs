namespace MiCse.Models;

/// <summary>
/// How the checkpoints of a family spell the weights of <see cref="WeightNames"/>. A module is the name of a weight or bias without its last part. The
/// defaults are the canonical spelling.
/// </summary>
internal sealed record WeightMap
{
    /// <summary>The canonical names themselves.</summary>
    public static WeightMap Identity { get; } = new() { Prefix = "" };

    /// <summary>What transformers puts before the encoder's names when a head lies beside it.</summary>
    public required string Prefix { get; init; }

    /// <summary>What the names of an encoder and its pooler begin with; other names belong to heads and are left out.</summary>
    public IReadOnlyList<string> Sections { get; init; } = ["embeddings.", "encoder.", "pooler."];

    /// <summary>Constants that some versions of transformers save beside the weights.</summary>
    public IReadOnlyList<string> Buffers { get; init; } = ["embeddings.position_ids", "embeddings.token_type_ids"];

    /// <summary>What stands before the number of a layer.</summary>
    public string Layers { get; init; } = WeightNames.Layers;

    /// <summary>How layers lie in groups; null: they are numbered one after the other.</summary>
    public LayerGroups? Groups { get; init; }

    /// <summary>
    /// Canonical modules and the file's, where they differ; those of a layer without what stands before them. Several modules under one name are stacked
    /// in one tensor, as equal parts of its rows in this order.
    /// </summary>
    public IReadOnlyList<(string Module, string File)> Modules { get; init; } = [];

    /// <summary>Whether some modules are stacked.</summary>
    public bool IsStacked => Modules.DistinctBy(pair => pair.File).Count() < Modules.Count;

    /// <summary>How the masked-language-model head is spelled; null: the family has none that is known.</summary>
    public MaskedLanguageModelNames? MaskedLanguageModelHead { get; init; }

    /// <summary>The name under which a file has a weight.</summary>
    /// <param name="canonical">Its canonical name.</param>
    public string FileName(string canonical)
    {
        var (layer, module, kind) = Split(canonical, WeightNames.Layers, null);
        for (var index = 0; index < Modules.Count; index++)
        {
            if (Modules[index].Module == module)
            {
                module = Modules[index].File;
                break;
            }
        }

        return Join(layer is null ? null : Groups?.Name(layer) ?? layer, Layers, module, kind);
    }

    /// <summary>The canonical names of what a file has under a name: one, or those that are stacked. A name that is not known stays.</summary>
    public IReadOnlyList<string> Canonical(string fileName)
    {
        var (layer, module, kind) = Split(fileName, Layers, Groups);
        var names = new List<string>();
        for (var index = 0; index < Modules.Count; index++)
        {
            if (Modules[index].File == module)
            {
                names.Add(Join(layer, WeightNames.Layers, Modules[index].Module, kind));
            }
        }

        return names.Count > 0 ? names : [Join(layer, WeightNames.Layers, module, kind)];
    }

    /// <summary>A name as layer number, module, and "weight" or "bias" with its dot.</summary>
    private static (string? Layer, string Module, string Kind) Split(string name, string layers, LayerGroups? groups)
    {
        string? layer = null;
        if (name.StartsWith(layers, StringComparison.Ordinal))
        {
            var start = layers.Length;
            var inside = groups is null ? -1 : name.IndexOf(groups.Inside, start, StringComparison.Ordinal);
            if (name.IndexOf('.', inside < 0 ? start : inside + groups!.Inside.Length) is > 0 and var end)
            {
                (layer, name) = (groups?.Number(name[start..end]) ?? name[start..end], name[(end + 1)..]);
            }
        }

        var dot = Math.Max(name.LastIndexOf('.'), 0);
        return (layer, name[..dot], name[dot..]);
    }

    private static string Join(string? layer, string layers, string module, string kind) =>
        layer is null ? module + kind : $"{layers}{layer}.{module}{kind}";

    /// <summary>Layers in groups of one size, numbered within their group.</summary>
    /// <param name="Inside">What stands between the number of a group and that of a layer in it.</param>
    /// <param name="Size">Layers of a group.</param>
    public sealed record LayerGroups(string Inside, int Size)
    {
        /// <summary>The two numbers of a layer, with what stands between them.</summary>
        public string Name(string number) =>
            int.TryParse(number, out var layer) ? $"{layer / Size}{Inside}{layer % Size}" : number;

        /// <summary>The number of a layer among all, from its <see cref="Name"/>; null: it is none.</summary>
        public string? Number(string name) => name.Split(Inside) is [var group, var layer]
            && int.TryParse(group, out var before) && int.TryParse(layer, out var index) && index < Size ? $"{((long)before * Size) + index}" : null;
    }

    /// <summary>The names of a masked-language-model head; its decoder's weight is the word embeddings.</summary>
    /// <param name="Transform">The module of its first layer.</param>
    /// <param name="Norm">The module of its LayerNorm.</param>
    /// <param name="DecoderBias">The weight that is added to the words' scores.</param>
    public sealed record MaskedLanguageModelNames(string Transform, string Norm, string DecoderBias)
    {
        /// <summary>Whether the first layer has a bias.</summary>
        public bool TransformHasBias { get; init; } = true;

        /// <summary>Whether the LayerNorm has a bias.</summary>
        public bool NormHasBias { get; init; } = true;

        /// <summary>Whether a bias is added to the words' scores.</summary>
        public bool DecoderHasBias { get; init; } = true;

        /// <summary>Canonical names and the file's.</summary>
        public IEnumerable<(string Canonical, string File)> All => new (string Canonical, string File, bool IsThere)[]
        {
            (WeightNames.MaskedLanguageModelTransform.Weight, Transform + ".weight", true),
            (WeightNames.MaskedLanguageModelTransform.Bias, Transform + ".bias", TransformHasBias),
            (WeightNames.MaskedLanguageModelNorm.Weight, Norm + ".weight", true),
            (WeightNames.MaskedLanguageModelNorm.Bias, Norm + ".bias", NormHasBias),
            (WeightNames.MaskedLanguageModelDecoder.Bias, DecoderBias, DecoderHasBias),
        }.Where(weight => weight.IsThere).Select(weight => (weight.Canonical, weight.File));
    }
}
