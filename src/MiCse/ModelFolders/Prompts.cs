using System.Text.Json;
using System.Text.Json.Nodes;
using MiCse.Files;
using MiCse.Vectors;

namespace MiCse.ModelFolders;

/// <summary>
/// The prompts of a model: texts that sentence-transformers puts before a text, by name, as config_sentence_transformers.json lists them.
/// </summary>
/// <param name="ByName">Prompts by name, such as "query" → "query: "; a prompt may be empty.</param>
/// <param name="DefaultName">The prompt that is put before every text unless another is asked for; null for none.</param>
/// <param name="Similarity">The measure that embeddings are to be compared with (<c>similarity_fn_name</c>): "cosine", "dot", "euclidean" or "manhattan".</param>
public sealed record Prompts(IReadOnlyDictionary<string, string> ByName, string? DefaultName, string Similarity)
{
    /// <summary>The file of a model folder that lists them.</summary>
    internal const string FileName = "config_sentence_transformers.json";

    private static readonly string[] s_documentNames = ["document", "passage", "corpus"];

    private static string Cosine => SimilarityMeasure.Cosine.Name();

    /// <summary>No prompts, compared by cosine.</summary>
    public static Prompts None { get; } = new(new Dictionary<string, string>(), null, Cosine);

    /// <summary>What is put before every text unless another prompt is asked for; "" for nothing.</summary>
    public string Default => DefaultName is null ? "" : ByName[DefaultName];

    /// <summary>What is put before a query: the prompt "query", else <see cref="Default"/>.</summary>
    public string Query => ByName.GetValueOrDefault("query", Default);

    /// <summary>What is put before a document that queries look for: the first of the prompts "document", "passage" and "corpus" that there is, else <see cref="Default"/>.</summary>
    public string Document => s_documentNames.Where(ByName.ContainsKey).Select(name => ByName[name]).FirstOrDefault(Default);

    /// <summary><see cref="Similarity"/> as a value.</summary>
    public SimilarityMeasure Measure => SimilarityNames.Find(Similarity) ?? throw new ArgumentException($"'{Similarity}' is no measure of similarity.");

    /// <summary>Whether there is nothing to keep: no prompts, compared by cosine.</summary>
    internal bool IsEmpty => ByName.Count == 0 && Similarity == Cosine;

    /// <summary>Reads the file of a model folder; without it there are no prompts.</summary>
    /// <exception cref="ModelFormatException">The file is broken, or names a default prompt or a similarity that does not exist.</exception>
    internal static Prompts Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return None;
        }

        var json = JsonFile.ReadObject(path);
        var byName = new Dictionary<string, string>(StringComparer.Ordinal);
        if (json.Value("prompts") is { } prompts)
        {
            foreach (var prompt in prompts.ValueKind == JsonValueKind.Object
                ? prompts.EnumerateObject()
                : throw new ModelFormatException(path, $"prompts is {JsonFile.Shorten(prompts)}; expected is an object of names and texts"))
            {
                if (prompt.Value.ValueKind != JsonValueKind.Null)
                {
                    byName[prompt.Name] = JsonFile.TextOf(path, $"the prompt {JsonFailure.Cut(prompt.Name)}", prompt.Value);
                }
            }
        }

        var name = json.Value("default_prompt_name") is { } named ? JsonFile.TextOf(path, "default_prompt_name", named) : null;
        if (name is not null && !byName.ContainsKey(name))
        {
            throw new ModelFormatException(path, $"default_prompt_name is '{name}', but the prompts are {(byName.Count == 0 ? "none" : string.Join(", ", byName.Keys))}");
        }

        var similarity = json.Value("similarity_fn_name") is { } measure ? JsonFile.TextOf(path, "similarity_fn_name", measure) : Cosine;
        return SimilarityNames.Find(similarity) is not null
            ? new Prompts(byName, name, similarity)
            : throw new ModelFormatException(
                path, $"similarity_fn_name is '{similarity}'; known are {string.Join(", ", SimilarityNames.All)}");
    }

    /// <summary>The file's content.</summary>
    internal JsonObject ToJson()
    {
        var prompts = new JsonObject();
        foreach (var (name, text) in ByName)
        {
            prompts[name] = text;
        }

        return new JsonObject { ["prompts"] = prompts, ["default_prompt_name"] = DefaultName, ["similarity_fn_name"] = Similarity };
    }
}
