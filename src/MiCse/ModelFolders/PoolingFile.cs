using System.Text.Json;
using MiCse.Files;
using MiCse.Models;

namespace MiCse.ModelFolders;

/// <summary>
/// Finds a folder's pooling: config.json's <c>micse_pooling</c>, else sentence-transformers' 1_Pooling/config.json, else what is known of a model
/// from the Hub, else miCSE's.
/// </summary>
internal static class PoolingFile
{
    /// <summary>
    /// The key in config.json for what sentence-transformers cannot express. It is not in 1_Pooling/config.json because
    /// sentence-transformers fails on keys it does not know there, while transformers ignores them in config.json.
    /// </summary>
    public const string MarkerKey = "micse_pooling";

    private const string ModeKey = "pooling_mode";
    private const string ModePrefix = "pooling_mode_";

    /// <exception cref="ModelFormatException">A pooling, or a combination of poolings, that is not supported.</exception>
    public static PoolingChoice Choose(string configPath, EncoderShape config, SentenceTransformersModules? modules)
    {
        var normalize = modules?.Normalize ?? false;
        if (JsonFile.ReadObject(configPath).Value(MarkerKey) is { } marker)
        {
            var name = marker.ValueKind == JsonValueKind.String ? marker.GetString() : JsonFile.Shorten(marker);
            return PoolingNames.TryParse(name, out var marked)
                ? new PoolingChoice(marked, normalize, $"{MarkerKey} in config.json")
                : throw new ModelFormatException(configPath, $"{MarkerKey} is '{name}'; known are {string.Join(", ", PoolingNames.All)}");
        }

        if (modules?.Pooling is not { } folder)
        {
            return (modules is null ? KnownPooling.OfFolder(Path.GetDirectoryName(configPath)!) : null)
                ?? new PoolingChoice(Pooling.ClsBeforePooler, normalize, "default of miCSE (no pooling file)");
        }

        var path = Path.Combine(folder, "config.json");
        return new PoolingChoice(Read(path, config), normalize, $"{Path.GetFileName(folder)}/config.json");
    }

    private static Pooling Read(string path, EncoderShape config)
    {
        var json = JsonFile.ReadObject(path);
        var width = json.Value("word_embedding_dimension") ?? json.Value("embedding_dimension");
        if (width is { } number && (number.ValueKind != JsonValueKind.Number || !number.TryGetInt32(out var size) || size != config.HiddenSize))
        {
            throw new ModelFormatException(path, $"pools vectors of {JsonFile.Shorten(number)} dimensions, but {config.Family.Keys.HiddenSize} in config.json is {config.HiddenSize}");
        }

        return Modes(path, json) switch
        {
            ["cls" or "cls_token"] => Pooling.ClsBeforePooler,
            ["mean" or "mean_tokens"] => Pooling.Mean,
            [] => throw new ModelFormatException(path, "switches no pooling on"),
            var modes => throw new ModelFormatException(
                path, $"asks for the pooling {string.Join(" + ", modes)}; supported are cls or mean alone"),
        };
    }

    /// <summary>The poolings that are switched on: by one name (or a list of names) or by a flag for each.</summary>
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

        var modes = json.EnumerateObject()
            .Where(flag => flag.Name.StartsWith(ModePrefix, StringComparison.Ordinal) && flag.Value.ValueKind == JsonValueKind.True)
            .Select(flag => flag.Name[ModePrefix.Length..]).ToList();

        // sentence-transformers' default when a file from before that flag leaves it out.
        if (json.Value("pooling_mode_mean_tokens") is null)
        {
            modes.Add("mean_tokens");
        }

        return modes;
    }
}
