using MiCse.Files;
using MiCse.Hub;
using MiCse.ModelFolders;
using MiCse.Server.Configuration;
using MiCse.Server.Requests;

namespace MiCse.Server.Models;

/// <summary>
/// The models of a server. One that is asked for is loaded, and stays until it was idle for long enough or another one needs its memory; what is in use is
/// never unloaded. Thread-safe.
/// </summary>
internal sealed class ModelHost : IAsyncDisposable, IDisposable
{
    private readonly MiCseServerOptions _options;
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _loading = new(1, 1);
    private readonly ITimer? _timer;
    private readonly Action<HostedModel, SentenceEncoder> _onLoaded;
    private readonly Action<HostedModel, string> _onFailed;

    /// <param name="options">The models, and the memory they may take.</param>
    /// <param name="onLoaded">Called with every encoder that is loaded.</param>
    /// <param name="onFailed">Called with every model but the first that cannot be loaded, and the reason.</param>
    public ModelHost(MiCseServerOptions options, Action<HostedModel, SentenceEncoder> onLoaded, Action<HostedModel, string> onFailed)
    {
        (_options, _onLoaded, _onFailed) = (options, onLoaded, onFailed);
        IEnumerable<ServedModel> models = options.Models.Count > 0 ? options.Models : [new ServedModel(ModelSource.BuiltIn, ModelSource.BuiltIn)];
        Models = [.. models.Select(model => new HostedModel(model, options))];
        _timer = options.IdleUnload is { } idle ? options.Time.CreateTimer(_ => UnloadIdle(), null, idle / 2, idle / 2) : null;
    }

    public IReadOnlyList<HostedModel> Models { get; }

    public HostedModel Default => Models[0];

    /// <summary>Bytes of the weights of what is loaded.</summary>
    public long LoadedBytes
    {
        get
        {
            lock (_lock)
            {
                return Models.Where(model => model.Encoder is not null).Sum(model => model.Bytes ?? 0);
            }
        }
    }

    /// <summary>The model that a request names.</summary>
    /// <param name="name">Its name; null or empty: the first one.</param>
    /// <exception cref="RefusalException">There is none.</exception>
    public HostedModel Find(string? name) =>
        string.IsNullOrEmpty(name) ? Default : Models.FirstOrDefault(model => model.IsCalled(name)) ?? throw new RefusalException(
            RefusalKind.NotFound, $"There is no model of this name; this server has {string.Join(", ", Models.Select(model => model.Name))}. Ask for one of these, or start the server with this name for one: --model NAME=MODEL.", "model");

    /// <summary>Keeps a model loaded, after loading it if need be.</summary>
    /// <exception cref="RefusalException">It cannot be loaded now.</exception>
    public async Task<ModelLease> UseAsync(HostedModel model, CancellationToken cancellationToken)
    {
        while (true)
        {
            lock (_lock)
            {
                if (model.Encoder is { } encoder)
                {
                    model.Users++;
                    return new ModelLease(this, model, encoder);
                }
            }

            await LoadAsync(model, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Reads what local folders are, without weights, so that models can be listed that nobody has asked for; those that are none are told.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        foreach (var model in Models.Where(model => model.Folder is null))
        {
            try
            {
                if (ModelSource.Parse(model.Model.Source).Folder is not null)
                {
                    await ResolveAsync(model, cancellationToken).ConfigureAwait(false);
                }
            }
            catch (Exception failure) when (IsOfModel(failure))
            {
                _onFailed(model, failure.Message);
            }
        }
    }

    /// <summary>Notes that a request is done with a model.</summary>
    public void Release(HostedModel model)
    {
        lock (_lock)
        {
            model.Users--;
            model.LastUsed = _options.Time.GetTimestamp();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_timer is not null)
        {
            await _timer.DisposeAsync().ConfigureAwait(false);
        }

        foreach (var model in Models)
        {
            await UnloadAsync(Take(model, evenIfUsed: true)).ConfigureAwait(false);
        }

        DisposeLocks();
    }

    public void Dispose()
    {
        _timer?.Dispose();
        foreach (var model in Models)
        {
            Take(model, evenIfUsed: true)?.Dispose();
        }

        DisposeLocks();
    }

    private void DisposeLocks()
    {
        _loading.Dispose();
        foreach (var model in Models)
        {
            model.Loading.Dispose();
        }
    }

    private async Task LoadAsync(HostedModel model, CancellationToken cancellationToken)
    {
        await model.Loading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (model.Encoder is null)
            {
                // A model that is being fetched keeps no other one waiting.
                var resolved = await ResolveAsync(model, cancellationToken).ConfigureAwait(false);
                await LoadAsync(model, resolved, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception failure) when (IsOfModel(failure) && model != Default)
        {
            _onFailed(model, failure.Message);
            throw new RefusalException(
                new Refusal(RefusalKind.NotReady, $"The model {model.Name} cannot be loaded; the server's log says why.") { Field = "model", RetryAfter = TimeSpan.FromMinutes(1) });
        }
        finally
        {
            model.Loading.Release();
        }
    }

    private async Task LoadAsync(HostedModel model, ResolvedModel resolved, CancellationToken cancellationToken)
    {
        await _loading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await MakeRoomAsync(model).ConfigureAwait(false);
            var begun = model == Default ? _options.FirstModel : null;
            _options.FirstModel = null;
            var encoder = await (begun ?? Task.Run(() => SentenceEncoder.Load(resolved, model.Model.Options), CancellationToken.None)).ConfigureAwait(false);
            _onLoaded(model, encoder);
            lock (_lock)
            {
                model.LastUsed = _options.Time.GetTimestamp();
                model.Encoder = encoder;
            }
        }
        finally
        {
            _loading.Release();
        }
    }

    private static bool IsOfModel(Exception failure) =>
        failure is HubException or ModelFormatException or DataFormatException or IOException or UnauthorizedAccessException or ArgumentException;

    private static async Task<ResolvedModel> ResolveAsync(HostedModel model, CancellationToken cancellationToken)
    {
        var resolved = await ModelSource.Parse(model.Model.Source).ResolveAsync(model.Model.Options?.Hub, null, cancellationToken).ConfigureAwait(false);
        var folder = ModelFolder.Open(resolved.Folder);
        (model.Folder, model.Bytes, model.WrittenAt) = (folder, folder.WeightsByteCount, File.GetLastWriteTimeUtc(folder.WeightsPath));
        return resolved;
    }

    private async Task MakeRoomAsync(HostedModel model)
    {
        while (_options.MemoryBudget is { } budget && LoadedBytes + model.Bytes > budget)
        {
            SentenceEncoder? unloaded = null;
            lock (_lock)
            {
                var idle = Models.Where(each => each.Encoder is not null && each.Users == 0).MinBy(each => each.LastUsed);
                unloaded = idle is null ? null : Take(idle, evenIfUsed: false);
            }

            if (unloaded is null)
            {
                throw model.Bytes > budget
                    ? new ModelFormatException(model.Model.Source, $"its weights have {model.Bytes} bytes, more than the {budget} that all models may take together")
                    : new RefusalException(new Refusal(RefusalKind.Overloaded, $"There is no memory for the model {model.Name} while others are in use. Try again later.")
                    {
                        RetryAfter = TimeSpan.FromSeconds(5),
                    });
            }

            await UnloadAsync(unloaded).ConfigureAwait(false);
        }
    }

    private void UnloadIdle()
    {
        foreach (var model in Models.Skip(1))
        {
            SentenceEncoder? unloaded;
            lock (_lock)
            {
                unloaded = _options.Time.GetElapsedTime(model.LastUsed) >= _options.IdleUnload ? Take(model, evenIfUsed: false) : null;
            }

            _ = UnloadAsync(unloaded);
        }
    }

    private SentenceEncoder? Take(HostedModel model, bool evenIfUsed)
    {
        lock (_lock)
        {
            if (model.Encoder is not { } encoder || (model.Users > 0 && !evenIfUsed))
            {
                return null;
            }

            model.Encoder = null;
            return encoder;
        }
    }

    private static async Task UnloadAsync(SentenceEncoder? encoder)
    {
        if (encoder is not null)
        {
            await encoder.DisposeAsync().ConfigureAwait(false);
        }
    }
}
