using System.Text.Json;
using System.Text.Json.Nodes;
using MiCse.Files;
using MiCse.Models;

namespace MiCse.ModelFolders;

/// <summary>sentence-transformers' 1_Pooling/config.json: modes whose vectors stand side by side, and whether a prompt counts.</summary>
/// <param name="Poolings">The poolings in the order of their vectors.</param>
/// <param name="IncludePrompt">Whether the positions of a prompt count.</param>
internal sealed record PoolingFile(IReadOnlyList<Pooling> Poolings, bool IncludePrompt)
{
    private const string ModeKey = "pooling_mode";
    private const string ModePrefix = "pooling_mode_";
    private const string IncludePromptKey = "include_prompt";

    /// <summary>Reads the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="config">The encoder whose hidden states are pooled.</param>
    /// <exception cref="ModelFormatException">The file is broken, pools vectors of another length, or asks for a pooling that is not known.</exception>
    public static PoolingFile Read(string path, EncoderShape config)
    {
        var json = JsonFile.ReadObject(path);
        var width = json.Value("word_embedding_dimension") ?? json.Value("embedding_dimension");
        if (width is { } number && (number.ValueKind != JsonValueKind.Number || !number.TryGetInt32(out var size) || size != config.HiddenSize))
        {
            throw new ModelFormatException(path, $"pools vectors of {JsonFile.Shorten(number)} dimensions, but {config.Family.Keys.HiddenSize} in config.json is {config.HiddenSize}");
        }

        var modes = Modes(path, json);
        if (modes.Find(mode => !PoolingNames.Modes.Any(known => known.Mode == mode)) is { } unknown)
        {
            throw new ModelFormatException(
                path, $"asks for the pooling {JsonFailure.Cut(unknown)}; known are {string.Join(", ", PoolingNames.Modes.Select(known => known.Mode))}");
        }

        if (modes.Count == 0)
        {
            throw new ModelFormatException(path, "switches no pooling on");
        }

        PoolingMode[] inOrder = [.. PoolingNames.Modes.Where(known => modes.Contains(known.Mode))];
        var poolings = new Pooling[inOrder.Length];
        for (var index = 0; index < poolings.Length; index++)
        {
            poolings[index] = inOrder[index].Pooling;
        }

        return new PoolingFile(poolings, json.Value(IncludePromptKey) is not { ValueKind: JsonValueKind.False });
    }

    /// <summary>The file of a chain's poolings.</summary>
    /// <param name="chain">Poolings that sentence-transformers knows.</param>
    /// <param name="hidden">Dimensions of a hidden state.</param>
    public static JsonObject ToJson(EmbeddingChain chain, int hidden)
    {
        var json = new JsonObject { ["word_embedding_dimension"] = hidden };
        foreach (var flag in (string[])["pooling_mode_cls_token", "pooling_mode_mean_tokens", "pooling_mode_max_tokens", "pooling_mode_mean_sqrt_len_tokens"])
        {
            json[flag] = chain.Poolings.Contains(PoolingNames.Modes.First(mode => mode.Flag == flag).Pooling);
        }

        // What older versions of sentence-transformers do not know is only written where it is needed.
        foreach (var (_, _, flag) in PoolingNames.Modes.Where(mode => chain.Poolings.Contains(mode.Pooling)))
        {
            json[flag] = true;
        }

        if (!chain.IncludePrompt)
        {
            json[IncludePromptKey] = false;
        }

        return json;
    }

    /// <summary>The names of the modes that are switched on: by one name (or a list of names) or by a flag for each.</summary>
    private static List<string> Modes(string path, JsonElement json)
    {
        switch (json.Value(ModeKey))
        {
            case { ValueKind: JsonValueKind.String } mode:
                return [mode.GetString()!.ToLowerInvariant()];
            case { ValueKind: JsonValueKind.Array } list when list.EnumerateArray().All(mode => mode.ValueKind == JsonValueKind.String):
                return [.. list.EnumerateArray().Select(mode => mode.GetString()!.ToLowerInvariant())];
            case { } other:
                throw new ModelFormatException(path, $"{ModeKey} is {JsonFile.Shorten(other)}; expected is the name of a pooling");
        }

        var modes = new List<string>();
        foreach (var flag in json.EnumerateObject())
        {
            if (flag.Name is var name && name.StartsWith(ModePrefix, StringComparison.Ordinal) && flag.Value.ValueKind == JsonValueKind.True)
            {
                modes.Add(PoolingNames.Modes.FirstOrDefault(known => known.Flag == name)?.Mode ?? name[ModePrefix.Length..]);
            }
        }

        // sentence-transformers' default when a file from before that flag leaves it out.
        if (json.Value("pooling_mode_mean_tokens") is null)
        {
            modes.Add("mean");
        }

        return modes;
    }
}
