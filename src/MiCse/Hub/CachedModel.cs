using MiCse.Checkpoints;
using MiCse.Files;
using MiCse.ModelFolders;

namespace MiCse.Hub;

/// <summary>Whether the cache holds a whole model. Python's tools fetch file by file, so a snapshot folder alone says nothing.</summary>
internal static class CachedModel
{
    private static readonly string[] s_vocabularies = ["tokenizer.json", "vocab.txt", "vocab.json"];

    /// <summary>Whether every file is there that the model needs to run, with its content.</summary>
    public static bool IsComplete(RepositoryCache cache, string commit)
    {
        var folder = cache.SnapshotFolder(commit);
        try
        {
            var modules = SentenceTransformersModules.Read(folder);
            var transformer = modules?.Transformer ?? folder;
            return (modules is { IsStatic: true } || RepositoryCache.Exists(Path.Combine(transformer, "config.json")))
                && (modules?.Pooling is not { } pooling || RepositoryCache.Exists(Path.Combine(pooling, "config.json")))
                && (modules?.Later ?? []).All(HasModule)
                && s_vocabularies.Any(name => RepositoryCache.Exists(Path.Combine(transformer, name)))
                && ModelDownload.Descriptions.All(name => !LeadsNowhere(Path.Combine(transformer, name)) && !LeadsNowhere(Path.Combine(folder, name)))
                && HasWeights(transformer);
        }
        catch (ModelFormatException)
        {
            return false;
        }
    }

    /// <summary>What cannot be told from the cache and matters; null when all is known.</summary>
    public static string? Doubt(RepositoryCache cache, HubRepository repository, string commit) =>
        cache.Has(commit, SentenceTransformersModules.FileName) || cache.IsAbsent(commit, SentenceTransformersModules.FileName)
        || KnownPooling.Of(repository.Id) is not null
            ? null
            : $"the cache does not tell whether {repository} has a {SentenceTransformersModules.FileName}, so its pooling may be another; "
                + "fetch it once online.";

    private static bool HasModule(ModuleEntry entry) => entry.Kind is "Normalize" or "Dropout" || (RepositoryCache.Exists(Path.Combine(entry.Folder, "config.json"))
        && ModuleFile.WeightFiles.Any(name => RepositoryCache.Exists(Path.Combine(entry.Folder, name))));

    private static bool HasWeights(string folder)
    {
        var weights = WeightsFile.Find(folder).Path;
        return RepositoryCache.Exists(weights)
            && (!weights.EndsWith(ShardedCheckpoint.IndexEnding, StringComparison.Ordinal) || ShardedCheckpoint.ShardPaths(weights).All(RepositoryCache.Exists));
    }

    // Without the file a model may run, but as another one.
    private static bool LeadsNowhere(string path) => new FileInfo(path).LinkTarget is not null && !RepositoryCache.Exists(path);
}
