using MiCse.Export;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tokenization.Files;
using MiCse.Weights;

namespace MiCse.Cli.Views.Models;

/// <summary>What of a model folder is used, what is not, and why.</summary>
/// <param name="folder">The folder.</param>
/// <param name="chain">How its hidden states become an embedding.</param>
internal sealed class FolderContent(ModelFolder folder, EmbeddingChain chain)
{
    private const int MostIgnored = 12;

    // Descriptions for people and what version control keeps.
    private static readonly string[] s_aside = [ModelCard.FileName, "LICENSE", "LICENSE.txt", "NOTICE", ".gitattributes", ".gitignore"];

    /// <summary>A file or a part of one.</summary>
    public readonly record struct Part(string Name, string Why);

    /// <summary>The files that are read.</summary>
    public IReadOnlyList<Part> Used { get; } = [.. UsedFiles(folder).Where(file => File.Exists(file.Name)).Select(file => file with { Name = Inside(folder, file.Name) }).DistinctBy(file => file.Name)];

    /// <summary>A path as seen from the folder.</summary>
    public string Inside(string path) => Inside(folder, path);

    /// <summary>Files that are not read, and weights that no embedding needs.</summary>
    public IReadOnlyList<Part> Ignored()
    {
        var used = Used.Select(file => file.Name).ToHashSet();
        List<Part> ignored =
        [
            .. Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories).Select(Inside)
                .Where(file => !used.Contains(file) && !s_aside.Contains(Path.GetFileName(file)) && !file.StartsWith(".git" + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                .Order(StringComparer.Ordinal).Select(file => new Part(file, WhyNot(file))),
        ];
        ignored.AddRange(IgnoredWeights());
        return ignored.Count <= MostIgnored ? ignored : [.. ignored.Take(MostIgnored), new Part($"{ignored.Count - MostIgnored} more", "as those above")];
    }

    private static string Inside(ModelFolder folder, string path) => Path.GetRelativePath(folder.Path, path).Replace('\\', '/');

    private static IEnumerable<Part> UsedFiles(ModelFolder folder)
    {
        yield return new(Path.Combine(folder.TransformerPath, "config.json"), folder.Static is null ? "architecture and sizes" : "the kind of static embeddings");
        yield return new(folder.WeightsPath, $"weights: {folder.WeightsReason}");
        var files = new TokenizerFiles(folder.TransformerPath);
        IEnumerable<(string? Path, string Why)> tokenizerFiles = files.TokenizerJson is not null
            ? [(files.TokenizerJson, "tokenizer: the complete description, preferred to vocabulary files")]
            : [(files.VocabularyText ?? files.VocabularyJson, "tokenizer: the vocabulary"), (files.VocabularyText is null ? files.Merges : null, "tokenizer: the merges")];
        foreach (var (path, why) in tokenizerFiles
            .Concat([(files.Config, "tokenizer settings"), (files.SpecialTokensMap, "special tokens"), (files.AddedTokens, "added tokens")]))
        {
            if (path is not null)
            {
                yield return new(path, why);
            }
        }

        yield return new(Path.Combine(folder.Path, SentenceTransformersModules.FileName), "the modules and their order");
        yield return new(Path.Combine(folder.Path, Prompts.FileName), "prompts and similarity");
        if (TransformerSettings.FileNames.Select(name => Path.Combine(folder.TransformerPath, name)).FirstOrDefault(File.Exists) is { } settings && folder.Static is null)
        {
            yield return new(settings, "the longest sequence, and lower-casing");
        }

        if (SentenceTransformersModules.Read(folder.Path) is { } modules)
        {
            if (modules.Pooling is { } pooling && !folder.Pooling.Source.StartsWith(FolderChain.MarkerKey, StringComparison.Ordinal))
            {
                yield return new(Path.Combine(pooling, "config.json"), "pooling");
            }

            foreach (var module in modules.Later.Where(module => module.Kind != "Normalize"))
            {
                yield return new(Path.Combine(module.Folder, "config.json"), $"the settings of {module.Kind}");
                if (ModuleFile.WeightFiles.Select(name => Path.Combine(module.Folder, name)).FirstOrDefault(File.Exists) is { } weights)
                {
                    yield return new(weights, $"the weights of {module.Kind}");
                }
            }
        }
    }

    private string WhyNot(string file) => Path.GetFileName(file) switch
    {
        "vocab.txt" or "vocab.json" or "merges.txt" or "sentencepiece.bpe.model" or "spiece.model" or "unigram.json" => "tokenizer.json is the complete description",
        OnnxExport.ReceiptFile => "the report of an export",
        var name when WeightsFile.InOrder.Any(known => Path.GetFileName(known) == name) || Path.GetExtension(name) is ".onnx" or ".bin" or ".h5" or ".msgpack" or ".ot" or ".xml" or ".safetensors" =>
            $"other weights; {Inside(folder.WeightsPath)} is used",
        "config.json" => folder.Pooling.Source.StartsWith(FolderChain.MarkerKey, StringComparison.Ordinal) ? $"{folder.Pooling.Source} says how to pool" : "of a module that modules.json does not name",
        _ => "nothing that an embedding depends on",
    };

    private IEnumerable<Part> IgnoredWeights()
    {
        if (folder.Static is not null || folder.Precision == EncoderPrecision.Int8)
        {
            yield break;
        }

        using var checkpoint = folder.OpenCheckpoint();
        var weights = EncoderWeights.From(checkpoint, folder.Config);
        var heads = chain.Poolings.Any(pooling => PoolingFormula.Of(pooling).HasHead)
            ? new[] { weights.HasProjectionHead ? WeightNames.ProjectionHead : WeightNames.Pooler } : [];
        foreach (var (module, _, _) in WeightNames.Optional(folder.Config).Where(part => weights.Tensors.ContainsKey(part.Module.Weight) && !heads.Contains(part.Module)))
        {
            yield return new(module.Module, $"the pooling {chain.Poolings.Name()} does not use it");
        }

        var others = ModelExport.LeftOut(folder, checkpoint, weights.Tensors.Keys);
        foreach (var module in others.Select(name => name.Contains('.', StringComparison.Ordinal) ? name[..name.LastIndexOf('.')] : name).Distinct())
        {
            yield return new(module, "weights of another task");
        }
    }
}
