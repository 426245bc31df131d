using System.Text.Json;
using MiCse.Files;

namespace MiCse.ModelFolders;

/// <summary>
/// What sentence-transformers' modules.json says: what comes first, a transformer or a table of static embeddings, and where it lies; how hidden states are
/// pooled; which modules follow. Modules that this library does not compute, and an order that has no meaning, are refused by name.
/// </summary>
internal sealed class SentenceTransformersModules
{
    public const string FileName = "modules.json";

    private static readonly string[] s_later = ["Dense", "LayerNorm", "Normalize", "Dropout"];

    private readonly string _folder;
    private readonly string _path;
    private readonly List<ModuleEntry> _later = [];

    private SentenceTransformersModules(string folder)
    {
        _folder = folder;
        _path = Path.Combine(folder, FileName);
        Transformer = folder;
    }

    /// <summary>The folder of the first module: the transformer's files, or those of the static embeddings.</summary>
    public string Transformer { get; private set; }

    /// <summary>Whether the first module is a table of static embeddings.</summary>
    public bool IsStatic { get; private set; }

    /// <summary>The folder of the pooling, or null when there is none.</summary>
    public string? Pooling { get; private set; }

    /// <summary>The modules that change the pooled vector, in their order.</summary>
    public IReadOnlyList<ModuleEntry> Later => _later;

    /// <returns>Null when the folder has no modules.json.</returns>
    /// <exception cref="ModelFormatException">The file is broken or asks for a module that is not supported.</exception>
    public static SentenceTransformersModules? Read(string folder)
    {
        var modules = new SentenceTransformersModules(folder);
        if (!File.Exists(modules._path))
        {
            return null;
        }

        modules.Read(JsonFile.Read(modules._path, JsonValueKind.Array));
        return modules;
    }

    private void Read(JsonElement list)
    {
        var place = 0;
        foreach (var module in list.EnumerateArray())
        {
            var type = module.ValueKind == JsonValueKind.Object ? module.Text("type") : null;
            Take(KindOf(type), type ?? "without a type", place++, module);
        }

        if (place == 0)
        {
            throw new ModelFormatException(_path, "names no module; expected is a Transformer or a StaticEmbedding first");
        }
    }

    /// <summary>The class of a module of sentence-transformers itself; null for code of others, whatever its class is called.</summary>
    private static string? KindOf(string? type) =>
        type is not null && type.StartsWith("sentence_transformers.", StringComparison.Ordinal) ? type[(type.LastIndexOf('.') + 1)..] : null;

    private void Take(string? kind, string type, int place, JsonElement module)
    {
        switch (kind, place)
        {
            case ("Transformer" or "StaticEmbedding", 0):
                Transformer = FolderOf(module);
                IsStatic = kind == "StaticEmbedding";
                break;
            case ("Pooling", 1) when !IsStatic:
                Pooling = FolderOf(module);
                break;
            case ({ } later, > 0) when s_later.Contains(later) && (IsStatic || Pooling is not null):
                _later.Add(new ModuleEntry(later, place, later is "Normalize" ? _folder : FolderOf(module)));
                break;
            default:
                throw new ModelFormatException(
                    _path,
                    $"has the module '{JsonFailure.Cut(type)}' as number {place}, counted from 0; supported are sentence-transformers' Transformer and Pooling, or StaticEmbedding, "
                    + $"and then {string.Join(", ", s_later)}");
        }
    }

    private string FolderOf(JsonElement module)
    {
        var relative = module.Text("path") ?? "";
        if (relative is ".." || relative.AsSpan().ContainsAny("/\\:\0"))
        {
            throw new ModelFormatException(_path, $"names the folder '{JsonFailure.Cut(relative)}', which is not directly inside the model folder");
        }

        return relative is "" or "." ? _folder : Path.Combine(_folder, relative);
    }
}

/// <summary>A module that changes the pooled vector.</summary>
/// <param name="Kind">Its class in sentence-transformers.</param>
/// <param name="Place">Its place in modules.json, counted from 0.</param>
/// <param name="Folder">Where its files lie.</param>
internal sealed record ModuleEntry(string Kind, int Place, string Folder);
