namespace MiCse.Cli.Options;

/// <summary>What <c>--model</c> may say → the folder it means.</summary>
internal static class ModelName
{
    /// <summary>The model that runs when none is named.</summary>
    public const string Default = "micse-mini-en";

    /// <summary>Finds the folder of a model.</summary>
    /// <param name="name">A folder, or the name of a model in the repository's <c>models</c> folder.</param>
    /// <exception cref="ModelFormatException">There is no such model; the message says how to give one.</exception>
    public static string Resolve(string name)
    {
        if (Directory.Exists(name))
        {
            return name;
        }

        if (File.Exists(name))
        {
            throw new ModelFormatException(name, "is a file; --model takes the folder that it lies in.");
        }

        if (BuiltIn(name) is { } folder)
        {
            return folder;
        }

        throw new ModelFormatException(name, name switch
        {
            Default => "the built-in model is not there; give a model folder with --model FOLDER, or make one with `micse init` and `micse train`.",
            _ when name.Count(letter => letter == '/') == 1 && !name.StartsWith('.') && !name.StartsWith('/') =>
                "there is no such folder; if this is the id of a model on the Hugging Face Hub, download its files into a folder first and give that folder.",
            _ => "there is no such model folder; --model takes a folder with config.json, weights and tokenizer files.",
        });
    }

    // models/ lies in the root of the repository, above the folder that the build puts the program into.
    private static string? BuiltIn(string name)
    {
        if (name.AsSpan().IndexOfAny('/', '\\') >= 0 || name is "" or "." or "..")
        {
            return null;
        }

        for (var root = new DirectoryInfo(AppContext.BaseDirectory); root is not null; root = root.Parent)
        {
            var folder = Path.Combine(root.FullName, "models", name);
            if (File.Exists(Path.Combine(folder, "config.json")))
            {
                return folder;
            }
        }

        return null;
    }
}
