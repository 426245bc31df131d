using MiCse.Files;
using MiCse.Hub;

namespace MiCse;

/// <summary>What names a model: a folder, the built-in model, or a repository on the Hugging Face Hub.</summary>
/// <remarks>
/// A folder that exists comes first, then the built-in model, then the Hub: a model is fetched only if no folder of its name is there.
/// </remarks>
public sealed class ModelSource
{
    /// <summary>The name of the model that comes with this library: small, English, for a start.</summary>
    public const string BuiltIn = "micse-small-en";

    private ModelSource(string name, string? folder, HubRepository? repository) => (Name, Folder, Repository) = (name, folder, repository);

    /// <summary>The name as it was given.</summary>
    public string Name { get; }

    /// <summary>The model's folder; null for a model on the Hub.</summary>
    public string? Folder { get; }

    /// <summary>The model's repository; null for a folder.</summary>
    internal HubRepository? Repository { get; }

    /// <summary>Tells what a name means. Nothing is fetched.</summary>
    /// <param name="model">A folder, <see cref="BuiltIn"/>, or the id of a model on the Hub: "organisation/name" or "organisation/name@revision".</param>
    /// <exception cref="ModelFormatException">There is no such folder, and it is no id; the message says how to name a model.</exception>
    public static ModelSource Parse(string model)
    {
        ArgumentException.ThrowIfNullOrEmpty(model);
        return Directory.Exists(model) ? new ModelSource(model, model, null)
            : File.Exists(model) ? throw new ModelFormatException(model, "is a file; a model is named by the folder that it lies in")
            : model == BuiltIn ? new ModelSource(model, BuiltInFolder(), null)
            : HubRepository.IsName(model) ? new ModelSource(model, null, HubRepository.Parse(model))
            : throw new ModelFormatException(model,
                "there is no such model folder; a model is a folder with config.json, weights and tokenizer files, "
                + $"the built-in {BuiltIn}, or the id of a model on the Hugging Face Hub, ORGANISATION/NAME[@REVISION]");
    }

    /// <summary>Brings a model from the Hub into the cache if it is not there, while the calling thread waits.</summary>
    /// <inheritdoc cref="ResolveAsync"/>
    public ResolvedModel Resolve(HubOptions? hub = null, IProgress<HubProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Repository is null ? OfFolder() : ResolveAsync(hub, progress, cancellationToken).GetAwaiter().GetResult();

    /// <summary>Brings a model from the Hub into the cache if it is not there, or brings it up to date. A folder is taken as it is.</summary>
    /// <param name="hub">Where the Hub and its cache are; null takes <see cref="HubOptions.FromEnvironment"/>.</param>
    /// <param name="progress">Receives the progress of a download, one call at a time, from any thread.</param>
    /// <param name="cancellationToken">Stops a download; what came is kept.</param>
    /// <exception cref="HubException">The model cannot be fetched.</exception>
    /// <exception cref="ModelFormatException">It is no model that this library runs.</exception>
    public async Task<ResolvedModel> ResolveAsync(
        HubOptions? hub = null, IProgress<HubProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        if (Repository is not { } repository)
        {
            return OfFolder();
        }

        using var client = new ModelHub(hub ?? HubOptions.FromEnvironment());
        try
        {
            var download = await client.FetchModelAsync(repository, progress, cancellationToken).ConfigureAwait(false);
            return new ResolvedModel(download.Path, $"{repository.Id}@{download.Commit}", download.Note);
        }
        catch (HubException failure) when (failure.Failure is HubFailure.NotFound or HubFailure.Unauthorized or HubFailure.NotCached)
        {
            throw new HubException(failure.Failure, $"{failure.Message} (There is no folder of that name here either.)", failure);
        }
    }

    private ResolvedModel OfFolder() => new(Folder!, Name == BuiltIn ? Name : Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(Folder!))));

    // Where the build and the package put it: see MiCse.csproj.
    private static string BuiltInFolder()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "models", BuiltIn);
        return Directory.Exists(folder) ? folder : throw new ModelFormatException(
            BuiltIn,
            $"the built-in model is not there: expected is the folder {folder}, which a build or a publish puts beside the program "
            + "(unless MiCseBuiltInModel is false); name a model folder or the id of a model on the Hugging Face Hub instead");
    }
}
