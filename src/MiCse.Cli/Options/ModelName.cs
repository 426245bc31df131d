using MiCse.Cli.Terminal;
using MiCse.Files;
using MiCse.Hub;

namespace MiCse.Cli.Options;

/// <summary>What <c>--model</c> may say → the folder it means.</summary>
internal static class ModelName
{
    /// <summary>The model that runs when none is named.</summary>
    public const string Default = ModelSource.BuiltIn;

    /// <summary>Finds the folder of a model, fetching it from the Hub if need be.</summary>
    /// <param name="name">A folder, the name of the built-in model, or an id on the Hub.</param>
    /// <param name="streams">Where progress is shown, and the environment that says where the Hub and its cache are.</param>
    /// <param name="cancellation">Ctrl-C.</param>
    /// <exception cref="HubException">It is an id, and the model cannot be had.</exception>
    /// <exception cref="ModelFormatException">There is no such model; the message says how to give one.</exception>
    public static string Resolve(string name, StandardStreams streams, CancellationToken cancellation) => Find(name, streams, cancellation).Folder;

    /// <summary>The same with what the model is called.</summary>
    public static ResolvedModel Find(string name, StandardStreams streams, CancellationToken cancellation)
    {
        var source = ModelSource.Parse(name);
        return source.Repository is null ? source.Resolve(cancellationToken: cancellation) : HubFetch.Model(source, streams, cancellation);
    }
}
