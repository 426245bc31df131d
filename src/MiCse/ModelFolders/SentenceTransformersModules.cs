using System.Text.Json;
using MiCse.Files;

namespace MiCse.ModelFolders;

/// <summary>
/// What sentence-transformers' modules.json says: where the transformer lies, how hidden states are pooled, whether vectors are
/// normalised. Modules and poolings that this library does not compute are refused by name.
/// </summary>
internal sealed class SentenceTransformersModules
{
    public const string FileName = "modules.json";

    private readonly string _folder;
    private readonly string _path;

    private SentenceTransformersModules(string folder)
    {
        _folder = folder;
        _path = Path.Combine(folder, FileName);
        Transformer = folder;
    }

    /// <summary>The folder of the transformer's files.</summary>
    public string Transformer { get; private set; }

    /// <summary>The folder of the pooling, or null when there is none.</summary>
    public string? Pooling { get; private set; }

    public bool Normalize { get; private set; }

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
        // The order matters: a pooling after normalisation would be another model.
        var step = 0;
        foreach (var module in list.EnumerateArray())
        {
            var type = module.ValueKind == JsonValueKind.Object ? module.Text("type") : null;
            var kind = KindOf(type);
            (step, var expected) = (step, kind) switch
            {
                (0, "Transformer") => (1, true),
                (1, "Pooling") => (2, true),
                (2, "Normalize") => (3, true),
                _ => (step, false),
            };
            if (!expected)
            {
                throw new ModelFormatException(
                    _path, $"has the module '{JsonFailure.Cut(type ?? "without a type")}' where only sentence-transformers' Transformer, Pooling, Normalize in this order are supported");
            }

            Take(kind!, module);
        }

        if (step == 0)
        {
            throw new ModelFormatException(_path, "names no Transformer module");
        }
    }

    /// <summary>The class of a module of sentence-transformers itself; null for code of others, whatever its class is called.</summary>
    private static string? KindOf(string? type) =>
        type is not null && type.StartsWith("sentence_transformers.", StringComparison.Ordinal) ? type[(type.LastIndexOf('.') + 1)..] : null;

    private void Take(string kind, JsonElement module)
    {
        switch (kind)
        {
            case "Transformer":
                Transformer = FolderOf(module);
                break;
            case "Pooling":
                Pooling = FolderOf(module);
                break;
            default:
                Normalize = true;
                break;
        }
    }

    private string FolderOf(JsonElement module)
    {
        var relative = module.Text("path") ?? "";
        if (relative is "." or ".." || relative.AsSpan().ContainsAny("/\\:\0"))
        {
            throw new ModelFormatException(_path, $"names the folder '{JsonFailure.Cut(relative)}', which is not directly inside the model folder");
        }

        return relative.Length == 0 ? _folder : Path.Combine(_folder, relative);
    }
}
