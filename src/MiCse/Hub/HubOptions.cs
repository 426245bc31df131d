using System.Text.RegularExpressions;
using MiCse.Files;

namespace MiCse.Hub;

/// <summary>Where the Hub is, where its files are kept, and who asks.</summary>
public sealed partial record HubOptions
{
    private static readonly Uri s_hub = new("https://huggingface.co");
    private static readonly string[] s_true = ["1", "ON", "YES", "TRUE"];

    /// <summary>The Hub, or a mirror of it; https://huggingface.co by default.</summary>
    public Uri Endpoint { get; init; } = s_hub;

    /// <summary>The cache folder, laid out as Python's huggingface_hub does and shared with it.</summary>
    public required string CacheFolder { get; init; }

    /// <summary>The access token, sent to <see cref="Endpoint"/> and to no other host; null (the default) asks as anybody.</summary>
    public string? Token { get; init; }

    /// <summary>Whether the cache alone is used; false by default.</summary>
    public bool Offline { get; init; }

    /// <summary>Reads the environment variables that Python's huggingface_hub reads, with its defaults.</summary>
    /// <param name="variable">Gives the value of a variable, or null; by default the variables of this process.</param>
    /// <remarks>
    /// HF_ENDPOINT; HF_HUB_CACHE, else HUGGINGFACE_HUB_CACHE, else HF_HOME/hub; HF_HOME, else XDG_CACHE_HOME/huggingface, else
    /// ~/.cache/huggingface; HF_TOKEN, else HUGGING_FACE_HUB_TOKEN, else the file HF_TOKEN_PATH or HF_HOME/token; HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE.
    /// </remarks>
    /// <exception cref="ArgumentException">HF_ENDPOINT is no address.</exception>
    public static HubOptions FromEnvironment(Func<string, string?>? variable = null)
    {
        variable ??= Environment.GetEnvironmentVariable;
        string? Value(params ReadOnlySpan<string> names)
        {
            foreach (var name in names)
            {
                if (variable(name)?.Trim() is { Length: > 0 } value)
                {
                    return value;
                }
            }

            return null;
        }

        string Expand(string path) => ExpandPath(path, variable);

        var home = Expand(Value("HF_HOME") ?? Path.Combine(Value("XDG_CACHE_HOME") ?? "~/.cache", "huggingface"));
        return new HubOptions
        {
            Endpoint = ReadEndpoint(Value("HF_ENDPOINT")),
            CacheFolder = Path.GetFullPath(Expand(Value("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE") ?? Path.Combine(home, "hub"))),
            Token = Value("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN") ?? ReadToken(Expand(Value("HF_TOKEN_PATH") ?? Path.Combine(home, "token"))),
            Offline = Value("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE") is { } offline && s_true.Contains(offline.ToUpperInvariant()),
        };
    }

    /// <summary>The endpoint and the cache; never the token.</summary>
    public override string ToString() => $"{Endpoint}, cache {CacheFolder}{(Offline ? ", offline" : "")}";

    private static Uri ReadEndpoint(string? text) => text switch
    {
        null => s_hub,
        _ when Uri.TryCreate(text.TrimEnd('/'), UriKind.Absolute, out var address) && address.Scheme is "http" or "https" => address,
        _ => throw new ArgumentException($"HF_ENDPOINT is '{text}'; expected is an address such as https://huggingface.co."),
    };

    private static string? ReadToken(string path) =>
        File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } token ? token : null;

    // As Python's expandvars after expanduser: "~", then "$NAME" and "${NAME}"; names that are not set stay as they are.
    private static string ExpandPath(string path, Func<string, string?> variable) =>
        VariablePattern().Replace(UserFolder.Expand(path, variable), match => variable(match.Groups["name"].Value) ?? match.Value);

    [GeneratedRegex(@"\$(?<brace>\{)?(?<name>\w+)(?(brace)\})", RegexOptions.CultureInvariant)]
    private static partial Regex VariablePattern();
}
