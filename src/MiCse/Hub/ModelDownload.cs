using MiCse.Checkpoints;
using MiCse.Files;
using MiCse.ModelFolders;
using MiCse.Models;

namespace MiCse.Hub;

/// <summary>Fetches what a model needs and nothing else: descriptions and tokenizer first, then one generation of its weights.</summary>
internal sealed class ModelDownload(SnapshotDownload snapshot, RepositoryCache cache, HubRepository repository, RepositoryListing listing)
{
    /// <summary>A model card with pictures inside is no longer worth it; only its licence is read.</summary>
    private const long LargestReadme = 1 << 20;

    private const string Config = "config.json";
    private const string Readme = "README.md";

    /// <summary>The files beside the weights.</summary>
    public static IReadOnlyList<string> Descriptions { get; } =
    [
        Config, "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
        "vocab.txt", "vocab.json", "merges.txt", .. TransformerSettings.FileNames,
    ];

    /// <summary>Fetches the files; they appear together at the end.</summary>
    /// <exception cref="HubException">One of them cannot be had.</exception>
    /// <exception cref="ModelFormatException">The model is none that this library runs; its weights are not fetched.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        string[] first = [SentenceTransformersModules.FileName, Prompts.FileName, .. Descriptions];
        await snapshot.FetchAsync(first.Where(listing.Files.Contains), cancellation).ConfigureAwait(false);
        await snapshot.FetchAsync(listing.Files.Where(file => file == Readme), cancellation, LargestReadme).ConfigureAwait(false);
        snapshot.Link(SentenceTransformersModules.FileName);
        var modules = SentenceTransformersModules.Read(cache.SnapshotFolder(listing.Commit));
        var transformer = Inside(modules?.Transformer);
        var further = Descriptions.Select(file => transformer + file);
        if (modules?.Pooling is { } pooling)
        {
            further = further.Append(Inside(pooling) + Config);
        }

        foreach (var module in (modules?.Later ?? []).Where(module => module.Kind != "Normalize").Select(module => Inside(module.Folder)))
        {
            further = [.. further, module + Config, .. ModuleFile.WeightFiles.Select(name => module + name).Where(listing.Files.Contains).Take(1)];
        }

        await snapshot.FetchAsync(further.Where(listing.Files.Contains), cancellation).ConfigureAwait(false);
        if (modules is not { IsStatic: true })
        {
            CheckConfig(transformer + Config);
        }

        await FetchWeightsAsync(transformer, cancellation).ConfigureAwait(false);
        snapshot.LinkAll();
        if (snapshot.FetchedAny)
        {
            foreach (var file in first.Where(file => !listing.Files.Contains(file)))
            {
                cache.SetAbsent(listing.Commit, file);
            }
        }
    }

    private void CheckConfig(string file)
    {
        if (!listing.Files.Contains(file))
        {
            throw new HubException(HubFailure.NotFound, $"{repository}: has no {file}, so it is not a model that can be run.");
        }

        try
        {
            if (JsonFile.ReadObject(snapshot.ContentPath(file)).Text("model_type") == StaticEmbedding.Model2Vec)
            {
                return;
            }

            EncoderShape.Load(snapshot.ContentPath(file));
        }
        catch (ModelFormatException failure)
        {
            // The path of a blob says nothing to a reader.
            throw new ModelFormatException($"{repository}, {file}", failure.Message[(failure.Path.Length + 2)..], failure);
        }
    }

    private async Task FetchWeightsAsync(string transformer, CancellationToken cancellation)
    {
        var weights = WeightsFile.InOrder.Select(name => transformer + name).FirstOrDefault(listing.Files.Contains)
            ?? throw new HubException(HubFailure.NotFound, $"{repository}: has no weights that can be read; "
                + $"expected is one of {string.Join(", ", WeightsFile.InOrder)}.");
        await snapshot.FetchAsync([weights], cancellation).ConfigureAwait(false);
        if (weights.EndsWith(ShardedCheckpoint.IndexEnding, StringComparison.Ordinal))
        {
            var shards = ShardedCheckpoint.ShardPaths(snapshot.ContentPath(weights)).Select(path => transformer + Path.GetFileName(path));
            await snapshot.FetchAsync(shards, cancellation).ConfigureAwait(false);
        }
    }

    private string Inside(string? folder) =>
        folder is null || folder == cache.SnapshotFolder(listing.Commit) ? "" : Path.GetFileName(folder) + "/";
}
