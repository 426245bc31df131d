using System.Text.Json.Nodes;
using MiCse.Checkpoints;
using MiCse.Files;
using MiCse.Models;
using MiCse.Tensors;
using MiCse.Tokenization.Files;
using MiCse.Weights;

namespace MiCse.ModelFolders;

/// <summary>
/// Writes a Hugging Face folder that transformers and sentence-transformers load and pool rightly: config.json, model.safetensors, tokenizer files,
/// and modules.json with 1_Pooling. A pooling that sentence-transformers does not have is noted in config.json (<c>micse_pooling</c>) instead.
/// </summary>
internal static class ModelFolderWriter
{
    /// <summary>Writes beside the place and renames when everything is there and can be opened again.</summary>
    /// <param name="folder">The folder to make. It may be there when it is empty.</param>
    /// <param name="content">What to write.</param>
    /// <param name="overwrite">Whether a folder with files in it is replaced as a whole; false by default.</param>
    /// <param name="cancellationToken">Looked at before every tensor.</param>
    /// <exception cref="IOException">There are files in the folder already, or it cannot be written; nothing is left.</exception>
    /// <exception cref="ModelFormatException">The tokenizer folder has no tokenizer that is implemented, or the weights do not fit the configuration.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is left.</exception>
    public static void Write(string folder, ModelContent content, bool overwrite = false, CancellationToken cancellationToken = default)
    {
        ConfigReader.Check(folder, content.Config);
        AtomicFolder.Write(folder, target => WriteFiles(folder, target, content, cancellationToken), overwrite);
    }

    /// <summary>Writes all but the weights: tokenizer, configuration, pooling, model card.</summary>
    internal static void WriteDescription(string folder, ModelContent content, CancellationToken cancellationToken)
    {
        CopyTokenizer(content, folder);
        WriteConfiguration(content, folder, cancellationToken);
        if (content.ModelCard is not null)
        {
            WriteText(folder, ModelCard.FileName, content.ModelCard);
        }
    }

    private static void WriteFiles(string folder, string target, ModelContent content, CancellationToken cancellationToken)
    {
        WriteDescription(target, content, cancellationToken);
        SafetensorsWriter.Write(Path.Combine(target, "model.safetensors"), Weights(content), null, cancellationToken);

        // A folder that this library cannot open again must not take the place of anything.
        using var checkpoint = ModelFolder.Open(target).OpenCheckpoint();
        _ = EncoderWeights.From(checkpoint.Tensors, content.Config, folder);
    }

    private static IEnumerable<Tensor> Weights(ModelContent content)
    {
        var names = content.Config.Family.NamesOf(content.Config);
        var weights = new CheckpointNames(names).ToFile(content.Weights);
        if (content.MaskedLanguageModelHead is not { } head)
        {
            return weights;
        }

        // transformers refuses a head beside an encoder without a prefix.
        var published = names.MaskedLanguageModelHead!.All.ToDictionary(name => name.Canonical, name => name.File);
        return
        [
            .. weights.Select(weight => weight.WithName(names.Prefix + weight.Name)),
            .. head.Select(weight => weight.WithName(published[weight.Name])),
        ];
    }

    private static void CopyTokenizer(ModelContent content, string folder)
    {
        if (content.Tokenizer is { } tokenizer)
        {
            tokenizer.Save(folder);
        }
        else
        {
            new TokenizerFiles(content.TokenizerFolder).CopyTo(folder);
        }

        // transformers cuts at this length; beyond the position table it would fail.
        var path = Path.Combine(folder, "tokenizer_config.json");
        var settings = JsonObject.Create(JsonFile.ReadObject(path))!;
        settings["model_max_length"] = MaxTokens(content);
        File.WriteAllText(path, settings.ToJsonString(JsonFile.Indented) + "\n");
    }

    private static void WriteConfiguration(ModelContent content, string folder, CancellationToken cancellationToken)
    {
        var isShared = content.Chain.IsKnownToSentenceTransformers;
        if (content.Chain is { Modules.Count: > 0 } or { Poolings.Count: not 1 } && !isShared)
        {
            throw new ArgumentException($"A folder cannot say that {content.Chain} makes an embedding; sentence-transformers has no such pooling.", nameof(content));
        }

        var marker = new Dictionary<string, JsonNode?>();
        if (isShared || !content.Prompts.IsEmpty)
        {
            WriteJson(folder, Prompts.FileName, content.Prompts.ToJson());
        }

        if (isShared)
        {
            WriteModules(content, folder, cancellationToken);
        }
        else
        {
            marker.Add(FolderChain.MarkerKey, content.Chain.Poolings.Name());
        }

        WriteText(folder, "config.json", content.Config.ToJson(content.MaskedLanguageModelHead is null ? "Model" : "ForMaskedLM", marker));
        WriteJson(folder, TransformerSettings.FileNames[0], new JsonObject { ["max_seq_length"] = MaxTokens(content), ["do_lower_case"] = content.LowerCase });
    }

    private static void WriteModules(ModelContent content, string folder, CancellationToken cancellationToken)
    {
        WriteModules(folder, ["Transformer", "Pooling"], content.Chain, content.ModuleWeights, cancellationToken);
        WriteJson(Directory.CreateDirectory(Path.Combine(folder, "1_Pooling")).FullName, "config.json", PoolingFile.ToJson(content.Chain, content.Config.HiddenSize));
    }

    /// <summary>Writes modules.json, and a folder for each module of a chain that has settings.</summary>
    /// <param name="folder">The model folder.</param>
    /// <param name="first">The classes of the modules before those of the chain; the first lies in the model folder itself.</param>
    /// <param name="chain">The chain.</param>
    /// <param name="weights">The weights of its modules.</param>
    /// <param name="cancellationToken">Looked at before every tensor.</param>
    internal static void WriteModules(
        string folder, IReadOnlyList<string> first, EmbeddingChain chain, IReadOnlyDictionary<string, Tensor> weights, CancellationToken cancellationToken)
    {
        var modules = new JsonArray();
        foreach (var (place, type) in first.Concat(chain.Modules.Select(module => module.ClassName)).Index())
        {
            var path = place == 0 ? "" : $"{place}_{type}";
            modules.Add((JsonNode)new JsonObject { ["idx"] = place, ["name"] = $"{place}", ["path"] = path, ["type"] = $"sentence_transformers.models.{type}" });
            if (place >= first.Count)
            {
                ModuleFile.Write(chain.Modules[place - first.Count], Path.Combine(folder, path), weights, cancellationToken);
            }
        }

        WriteJson(folder, SentenceTransformersModules.FileName, modules);
    }

    private static int MaxTokens(ModelContent content) => Math.Min(content.MaxTokens ?? int.MaxValue, content.Config.MaxTokens);

    internal static void WriteJson(string folder, string name, JsonNode json) => WriteText(folder, name, json.ToJsonString(JsonFile.Indented) + "\n");

    private static void WriteText(string folder, string name, string text) => File.WriteAllText(Path.Combine(folder, name), text);
}
