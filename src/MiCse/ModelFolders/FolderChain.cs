using MiCse.Files;
using MiCse.Models;
using MiCse.Tensors;

namespace MiCse.ModelFolders;

/// <summary>
/// How a folder's vectors become embeddings, and where that was found. The pooling: config.json's <c>micse_pooling</c>, else sentence-transformers'
/// 1_Pooling/config.json, else what is known of a model from the Hub, else miCSE's.
/// </summary>
/// <param name="Chain">Poolings and modules.</param>
/// <param name="Source">Where the pooling was found, for people.</param>
/// <param name="Modules">The modules' places and folders, in the order of the chain's.</param>
internal sealed record FolderChain(EmbeddingChain Chain, string Source, IReadOnlyList<ModuleEntry> Modules)
{
    /// <summary>
    /// The key in config.json for what sentence-transformers cannot express. It is not in 1_Pooling/config.json because
    /// sentence-transformers fails on keys it does not know there, while transformers ignores them in config.json.
    /// </summary>
    public const string MarkerKey = "micse_pooling";

    /// <summary>The pooling for users.</summary>
    public PoolingChoice Choice => new(Chain.Poolings is [var first, ..] ? first : Pooling.Mean, Chain.IsNormalized, Source) { Beside = Chain.Poolings is [_, _, ..] ? [.. Chain.Poolings.Skip(1)] : [] };

    /// <summary>The chain after an encoder.</summary>
    /// <exception cref="ModelFormatException">Something in it is not computed, or does not fit the rest.</exception>
    public static FolderChain OfEncoder(string configPath, EncoderShape config, SentenceTransformersModules? modules)
    {
        var (file, source) = Choose(configPath, config, modules);
        var chain = new EmbeddingChain(file.Poolings, []) { IncludePrompt = file.IncludePrompt };
        return new FolderChain(chain, source, modules?.Later ?? []).Complete(chain.PooledSize(config.HiddenSize));
    }

    /// <summary>The chain after a table of static embeddings.</summary>
    /// <param name="modules">What modules.json says; null for a folder without one.</param>
    /// <param name="normalize">Whether embeddings are scaled to length 1 if there is no modules.json.</param>
    /// <param name="size">Length of a row.</param>
    /// <exception cref="ModelFormatException">Something in it is not computed, or does not fit the rest.</exception>
    public static FolderChain OfStatic(SentenceTransformersModules? modules, bool normalize, int size) => modules is null
        ? new FolderChain(new EmbeddingChain([], normalize ? [new NormalizeModule()] : []), "config.json", normalize ? [new ModuleEntry("Normalize", 1, "")] : [])
        : new FolderChain(new EmbeddingChain([], []), SentenceTransformersModules.FileName, modules.Later).Complete(size);

    /// <summary>The weights of all modules, in memory, in float32, by canonical name.</summary>
    /// <exception cref="ModelFormatException">They are missing, broken or of another shape.</exception>
    public IReadOnlyDictionary<string, Tensor> ReadWeights() =>
        Chain.Modules.Zip(Modules, (module, entry) => ModuleFile.ReadWeights(module, entry.Folder)).SelectMany(tensors => tensors).ToDictionary(tensor => tensor.Name);

    private FolderChain Complete(int size)
    {
        var complete = Chain;
        foreach (var entry in Modules)
        {
            var module = ModuleFile.Read(entry);
            try
            {
                size = module.SizeAfter(size);
            }
            catch (ArgumentException failure)
            {
                throw new ModelFormatException(entry.Folder, failure.Message, failure);
            }

            complete = complete.Then(module);
        }

        return this with { Chain = complete };
    }

    private static (PoolingFile File, string Source) Choose(string configPath, EncoderShape config, SentenceTransformersModules? modules)
    {
        var written = modules?.Pooling is { } folder ? (Path: Path.Combine(folder, "config.json"), Name: Path.GetFileName(folder)) : default;
        if (JsonFile.ReadObject(configPath).Value(MarkerKey) is { } marker)
        {
            var name = marker.ValueKind == System.Text.Json.JsonValueKind.String ? marker.GetString() : JsonFile.Shorten(marker);
            return PoolingNames.TryParse(name, out var marked)
                ? (new PoolingFile([marked], IncludePrompt: true), $"{MarkerKey} in config.json")
                : throw new ModelFormatException(configPath, $"{MarkerKey} is '{name}'; known are {string.Join(", ", PoolingNames.All)}");
        }

        if (written.Path is not null)
        {
            return (PoolingFile.Read(written.Path, config), $"{written.Name}/config.json");
        }

        var known = modules is null ? KnownPooling.OfFolder(Path.GetDirectoryName(configPath)!) : null;
        return (new PoolingFile([known?.Pooling ?? Pooling.ClsBeforePooler], IncludePrompt: true), known?.Source ?? "default of miCSE (no pooling file)");
    }
}
