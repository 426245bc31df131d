using MiCse.Cli.Terminal;
using MiCse.Hub;

namespace MiCse.Cli.Options;

/// <summary>What <c>--model</c> may say → the folder it means.</summary>
internal static class ModelName
{
    /// <summary>The model that runs when none is named.</summary>
    public const string Default = "micse-mini-en";

    /// <summary>Finds the folder of a model, fetching it from the Hub if need be.</summary>
    /// <param name="name">A folder, the name of a model in the repository's <c>models</c> folder, or an id on the Hub.</param>
    /// <param name="streams">Where progress is shown, and the environment that says where the Hub and its cache are.</param>
    /// <param name="cancellation">Ctrl-C.</param>
    /// <exception cref="HubException">It is an id, and the model cannot be had.</exception>
    /// <exception cref="ModelFormatException">There is no such model; the message says how to give one.</exception>
    public static string Resolve(string name, StandardStreams streams, CancellationToken cancellation)
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

        if (HubRepository.IsName(name))
        {
            return Fetch(name, streams, cancellation);
        }

        throw new ModelFormatException(name, name switch
        {
            Default => "the built-in model is not there; give a model folder with --model FOLDER, or make one with `micse init` and `micse train`.",
            _ => "there is no such model folder; --model takes a folder with config.json, weights and tokenizer files, or the id of a model on the Hugging Face Hub.",
        });
    }

    private static string Fetch(string name, StandardStreams streams, CancellationToken cancellation)
    {
        try
        {
            return HubFetch.Model(HubRepository.Parse(name), streams, cancellation).Path;
        }
        catch (HubException failure) when (failure.Failure is HubFailure.NotFound or HubFailure.Unauthorized or HubFailure.NotCached)
        {
            throw new HubException(failure.Failure, $"{failure.Message} (There is no folder of that name here either.)", failure);
        }
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
