using MiCse.Files;
using MiCse.Hub;
using MiCse.Inference;
using MiCse.Inference.Graphs;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tokenization;

namespace MiCse;

public sealed partial class SentenceEncoder
{
    /// <summary>Loads a model. One on the Hub is fetched first, while the calling thread waits; <see cref="LoadAsync"/> holds no thread meanwhile.</summary>
    /// <param name="model">
    /// A folder, <see cref="ModelSource.BuiltIn"/>, or the id of a model on the Hugging Face Hub, "organisation/name" or "organisation/name@revision".
    /// </param>
    /// <param name="options">How it runs; null for the defaults.</param>
    /// <exception cref="ModelFormatException">The model cannot be used; the message says why.</exception>
    /// <exception cref="HubException">The model cannot be fetched.</exception>
    /// <exception cref="ArgumentException">An option is out of range for this model; the message says which and why.</exception>
    public static SentenceEncoder Load(string model, SentenceEncoderOptions? options = null) =>
        Load(ModelSource.Parse(model).Resolve(options?.Hub), options);

    /// <summary>Loads a model that lies on this machine.</summary>
    /// <inheritdoc cref="Load(string, SentenceEncoderOptions?)"/>
    public static SentenceEncoder Load(ResolvedModel model, SentenceEncoderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        var settings = EncoderSettings.Of(model, options);

        // The tokenizer takes about as long as the weights, and whoever starts a command waits for both.
        var tokenizing = Task.Run(() => LoadTokenizer(settings.Folder));
        IEncoderEngine? engine = null;
        try
        {
            (engine, var precision) = LoadEngine(settings);
            return new SentenceEncoder(settings, precision, tokenizing.GetAwaiter().GetResult(), engine);
        }
        catch
        {
            engine?.Dispose();
            ((Task)tokenizing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
            throw;
        }
    }

    /// <summary>Loads a model, after fetching it if it is one on the Hub.</summary>
    /// <param name="model">
    /// A folder, <see cref="ModelSource.BuiltIn"/>, or the id of a model on the Hugging Face Hub, "organisation/name" or "organisation/name@revision".
    /// </param>
    /// <param name="options">How it runs; null for the defaults.</param>
    /// <param name="progress">Receives the progress of a download, one call at a time, from any thread.</param>
    /// <param name="cancellationToken">Stops it; what was fetched is kept.</param>
    /// <exception cref="ModelFormatException">The model cannot be used; the message says why.</exception>
    /// <exception cref="HubException">The model cannot be fetched.</exception>
    /// <exception cref="ArgumentException">An option is out of range for this model; the message says which and why.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static async Task<SentenceEncoder> LoadAsync(
        string model,
        SentenceEncoderOptions? options = null,
        IProgress<HubProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        var resolved = await ModelSource.Parse(model).ResolveAsync(options?.Hub, progress, cancellationToken).ConfigureAwait(false);
        var settings = EncoderSettings.Of(resolved, options);
        var tokenizing = Task.Run(() => LoadTokenizer(settings.Folder), cancellationToken);
        var packing = Task.Run(() => LoadEngine(settings), cancellationToken);
        try
        {
            await Task.WhenAll(packing, tokenizing).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            var (engine, precision) = await packing.ConfigureAwait(false);
            return new SentenceEncoder(settings, precision, await tokenizing.ConfigureAwait(false), engine);
        }
        catch when (packing.IsCompletedSuccessfully)
        {
            (await packing.ConfigureAwait(false)).Engine.Dispose();
            throw;
        }
    }

    private static (IEncoderEngine Engine, EncoderPrecision Precision) LoadEngine(EncoderSettings settings)
    {
        if (settings.Options.Backend?.Load(settings) is { } loaded)
        {
            return loaded;
        }

        var modules = settings.Folder.ReadModuleWeights();
        if (settings.Folder.Static is { } table)
        {
            using var checkpoint = settings.Folder.OpenCheckpoint();
            return (new StaticEngine(table.Load(checkpoint), settings.Chain, modules, settings.Threads), EncoderPrecision.Float32);
        }

        if (settings.Folder.IsForeignGraph)
        {
            var graph = ForeignGraph.Open(settings.Folder.WeightsPath, settings.Folder.Config, settings.Chain, modules, settings.Threads, settings.Options.Precision);
            return (graph.Engine, graph.Precision);
        }

        using var source = WeightSource.Open(settings.Folder, settings.Options.Precision);
        return (new CpuEngine(source.Weights, settings.Chain, modules, settings.Threads, source.Precision), source.Precision);
    }

    private static Tokenizer LoadTokenizer(ModelFolder folder)
    {
        var tokenizer = FolderTokenizer.Load(folder);

        // The first word reads the tables of code points; better here, beside the weights.
        tokenizer.Tokenize("word");
        return tokenizer;
    }
}
