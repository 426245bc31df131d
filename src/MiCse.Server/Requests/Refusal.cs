namespace MiCse.Server.Requests;

/// <summary>Why a request gets no answer. Each dialect has its own words and status codes for them.</summary>
internal enum RefusalKind
{
    /// <summary>The body is no JSON, no UTF-8, or a value has a wrong type.</summary>
    Malformed,

    /// <summary>There is nothing to encode.</summary>
    Empty,

    /// <summary>A value that cannot be.</summary>
    Invalid,

    /// <summary>A text that is too long, in a request that does not want texts to be cut.</summary>
    TooLong,

    /// <summary>More than one request may ask for.</summary>
    TooLarge,

    /// <summary>The body is no JSON by its own account.</summary>
    MediaType,

    /// <summary>The body did not come in time.</summary>
    Slow,

    /// <summary>No key, or a wrong one.</summary>
    Unauthorized,

    /// <summary>From another site, or by a name that is not the server's.</summary>
    Forbidden,

    /// <summary>There is no such model, index or route.</summary>
    NotFound,

    /// <summary>The route exists in the dialect, but an encoder cannot do it.</summary>
    Unsupported,

    /// <summary>Too much is waiting, or the time was over before the request's turn.</summary>
    Overloaded,

    /// <summary>The key has made too many requests.</summary>
    RateLimited,

    /// <summary>The server is starting or stopping.</summary>
    NotReady,

    /// <summary>The server's fault.</summary>
    Failed,
}

/// <summary>Why a request gets no answer.</summary>
/// <param name="Kind">Which kind of reason.</param>
/// <param name="Message">One sentence for the caller, without any of its texts.</param>
internal sealed record Refusal(RefusalKind Kind, string Message)
{
    /// <summary>The field of the request that is refused.</summary>
    public string? Field { get; init; }

    /// <summary>When to try again.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The usual status code; dialects have some of their own.</summary>
    public int Status => Kind switch
    {
        RefusalKind.Malformed or RefusalKind.Empty => 400,
        RefusalKind.Invalid or RefusalKind.TooLong => 422,
        RefusalKind.TooLarge => 413,
        RefusalKind.MediaType => 415,
        RefusalKind.Slow => 408,
        RefusalKind.Unauthorized => 401,
        RefusalKind.Forbidden => 403,
        RefusalKind.NotFound => 404,
        RefusalKind.Unsupported => 424,
        RefusalKind.Overloaded or RefusalKind.RateLimited => 429,
        RefusalKind.NotReady => 503,
        _ => 500,
    };
}

/// <summary>Ends the answering of a request.</summary>
internal sealed class RefusalException(Refusal refusal) : Exception(refusal.Message)
{
    public RefusalException(RefusalKind kind, string message, string? field = null)
        : this(new Refusal(kind, message) { Field = field })
    {
    }

    public Refusal Refusal => refusal;
}
