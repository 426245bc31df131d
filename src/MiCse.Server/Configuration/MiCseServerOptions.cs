namespace MiCse.Server.Configuration;

/// <summary>How the server of <see cref="MiCseServerServices.AddMiCseServer"/> works.</summary>
public sealed class MiCseServerOptions
{
    /// <summary>The models; the first one answers requests that name none. Empty: the built-in model.</summary>
    /// <value>The default is empty.</value>
    public IList<ServedModel> Models { get; } = [];

    /// <summary>Folders of indexes by the name that requests give them.</summary>
    /// <value>The default is empty.</value>
    public IDictionary<string, string> Indexes { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Whether requests may change indexes.</summary>
    /// <value>The default is false.</value>
    public bool Writable { get; set; }

    /// <summary>Keys of which a request must have one; empty: none is needed.</summary>
    /// <value>The default is empty.</value>
    public IList<string> ApiKeys { get; } = [];

    /// <summary>Requests a minute that each key may make; null: any number.</summary>
    /// <value>The default is null.</value>
    public int? RequestsPerMinute { get; set; }

    /// <summary>
    /// Names by which the server is reached, as in the header <c>Host</c>, beside localhost and addresses; "*" for any. Others are refused, so that no page
    /// of another site can reach the server through a name of its own.
    /// </summary>
    /// <value>The default is empty.</value>
    public IList<string> AllowedHosts { get; } = [];

    /// <summary>What happens to empty texts.</summary>
    /// <value>The default is <see cref="EmptyTextPolicy.Encode"/>.</value>
    public EmptyTextPolicy EmptyTexts { get; set; } = EmptyTextPolicy.Encode;

    /// <summary>Whether texts that are too long for the model are cut where a request does not say; else they are refused with 422.</summary>
    /// <value>The default is true.</value>
    public bool Truncate { get; set; } = true;

    /// <summary>Whether token ids are taken in place of texts. Ids of another model's tokenizer cannot always be told from right ones.</summary>
    /// <value>The default is true.</value>
    public bool AcceptIds { get; set; } = true;

    /// <summary>Bytes of memory that the weights of all loaded models may take together; those that were not used for longest are unloaded. Null: any number.</summary>
    /// <value>The default is null.</value>
    public long? MemoryBudget { get; set; }

    /// <summary>After how long without a request a model other than the first is unloaded; null: never.</summary>
    /// <value>The default is null.</value>
    public TimeSpan? IdleUnload { get; set; }

    /// <summary>How much one request, and all of them together, may ask for.</summary>
    public ServerLimits Limits { get; } = new();

    /// <summary>How long requests are still taken after the signal to stop, so that clients see the end of their connections before they close.</summary>
    /// <value>The default is 0.3 seconds.</value>
    public TimeSpan ShutdownGrace { get; set; } = TimeSpan.FromSeconds(0.3);

    /// <summary>The page that answers browsers at <c>/</c>, and the documentation at <c>/docs</c>.</summary>
    /// <value>The default is true.</value>
    public bool Page { get; set; } = true;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Refuses values that cannot be; the message names each.</summary>
    /// <summary>The first model, which was begun to be loaded before there was an application; null: it is loaded when the application starts.</summary>
    internal Task<SentenceEncoder>? FirstModel { get; set; }

    /// <summary>Begins to load the first model.</summary>
    internal void BeginLoading()
    {
        // What does not fit into the memory is not loaded; ModelHost tells.
        if (MemoryBudget is null && Models is [var first, ..])
        {
            FirstModel = Task.Run(async () => SentenceEncoder.Load(
                await ModelSource.Parse(first.Source).ResolveAsync(first.Options?.Hub, null, CancellationToken.None).ConfigureAwait(false), first.Options));
        }
    }

    internal MiCseServerOptions Checked()
    {
        List<string> problems = [.. Limits.Problems()];
        if (RequestsPerMinute < 1)
        {
            problems.Add($"RequestsPerMinute is {RequestsPerMinute}; at least 1 is needed");
        }

        if (MemoryBudget < 1)
        {
            problems.Add($"MemoryBudget is {MemoryBudget}; at least 1 byte is needed");
        }

        if (ApiKeys.Any(string.IsNullOrWhiteSpace))
        {
            problems.Add("ApiKeys has an empty key");
        }

        problems.AddRange(Models.GroupBy(model => model.Name).Where(group => group.Count() > 1).Select(group => $"two models are called {group.Key}"));
        return problems.Count == 0 ? this : throw new ArgumentException($"{string.Join("; ", problems)}.");
    }
}

/// <summary>What a server does with a text of no characters.</summary>
public enum EmptyTextPolicy
{
    /// <summary>It has the embedding of start and end token.</summary>
    Encode,

    /// <summary>The request is refused with 422, and the answer names the text.</summary>
    Refuse,
}
