using System.Text.Json;
using MiCse.Files;

namespace MiCse.Checkpoints;

/// <summary>Opens model.safetensors.index.json (or pytorch_model.bin.index.json) and the shards it names, which lie beside it.</summary>
internal static class ShardedCheckpoint
{
    public const string IndexEnding = ".index.json";

    /// <exception cref="ModelFormatException">A broken index or shard, a missing shard or key, a shard outside the folder.</exception>
    public static Checkpoint Open(string indexPath)
    {
        var shardOf = ReadIndex(indexPath);
        var paths = shardOf.Values.Distinct().Order(StringComparer.Ordinal).ToDictionary(name => name, name => ShardPath(indexPath, name));
        var missingFiles = paths.Where(shard => !File.Exists(shard.Value)).Select(shard => shard.Key).ToList();
        if (missingFiles.Count > 0)
        {
            throw new ModelFormatException(indexPath, $"{Offenders.Describe(missingFiles, "shard", "is", "are")} not there; fetch the model again");
        }

        var shards = new DisposableList();
        try
        {
            var opened = new Dictionary<string, Checkpoint>();
            foreach (var (name, path) in paths)
            {
                opened.Add(name, shards.Add(OpenShard(path)));
            }

            var missing = shardOf.Where(key => !opened[key.Value].Tensors.ContainsKey(key.Key) && !opened[key.Value].Unread.ContainsKey(key.Key)).Select(key => $"{key.Key} ({key.Value})").ToList();
            return missing.Count == 0
                ? new Checkpoint(
                    indexPath,
                    shardOf.Where(key => !opened[key.Value].Unread.ContainsKey(key.Key)).ToDictionary(key => key.Key, key => opened[key.Value].Tensors[key.Key]),
                    shards)
                {
                    Unread = opened.Values.SelectMany(shard => shard.Unread).DistinctBy(tensor => tensor.Key).ToDictionary(tensor => tensor.Key, tensor => tensor.Value),
                }
                : throw new ModelFormatException(indexPath, $"{Offenders.Describe(missing, "key", "is", "are")} not in the shard that the index names");
        }
        catch
        {
            shards.Dispose();
            throw;
        }
    }

    /// <summary>The shard files an index names, as full paths.</summary>
    public static IReadOnlyList<string> ShardPaths(string indexPath) =>
        [.. ReadIndex(indexPath).Values.Distinct().Order(StringComparer.Ordinal).Select(name => ShardPath(indexPath, name))];

    private static Checkpoint OpenShard(string path) =>
        path.EndsWith(IndexEnding, StringComparison.Ordinal)
            ? throw new ModelFormatException(path, "is named as a shard by an index, but is an index itself")
            : Checkpoint.Open(path);

    private static Dictionary<string, string> ReadIndex(string indexPath)
    {
        if (JsonFile.ReadObject(indexPath).Value("weight_map") is not { ValueKind: JsonValueKind.Object } map || !map.EnumerateObject().Any())
        {
            throw new ModelFormatException(indexPath, "has no 'weight_map' that says which shard holds which key");
        }

        var shardOf = new Dictionary<string, string>();
        foreach (var key in map.EnumerateObject())
        {
            if (key.Value.ValueKind != JsonValueKind.String || !shardOf.TryAdd(key.Name, key.Value.GetString()!))
            {
                throw new ModelFormatException(indexPath, $"'weight_map' names no file for '{JsonFailure.Cut(key.Name)}', or names it twice");
            }
        }

        return shardOf;
    }

    private static string ShardPath(string indexPath, string name)
    {
        // Also backslashes and drive letters, whatever the system: a model folder must mean the same everywhere.
        if (name.Length == 0 || name is "." or ".." || name.AsSpan().ContainsAny("/\\:\0"))
        {
            throw new ModelFormatException(indexPath, $"names the shard '{JsonFailure.Cut(name)}', which is not a file name inside the model folder");
        }

        return Path.Combine(Path.GetDirectoryName(Path.GetFullPath(indexPath))!, name);
    }
}
