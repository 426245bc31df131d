namespace MiCse.Server.Configuration;

/// <summary>How much one request, and all requests together, may ask of a server. What is more is refused: 413 or 422 for one request, 429 for all.</summary>
public sealed class ServerLimits
{
    /// <summary>Bytes of a request's body.</summary>
    /// <value>The default is 16 MiB.</value>
    public int BodyBytes { get; set; } = 16 << 20;

    /// <summary>Bytes of the bodies of all requests that are being answered.</summary>
    /// <value>The default is 256 MiB.</value>
    public long AllBodyBytes { get; set; } = 256L << 20;

    /// <summary>Nesting of a request's JSON.</summary>
    /// <value>The default is 16.</value>
    public int JsonDepth { get; set; } = 16;

    /// <summary>Texts of a request.</summary>
    /// <value>The default is 16,384.</value>
    public int Texts { get; set; } = 16_384;

    /// <summary>Tokens of a request after truncation, as far as they can be told from its characters.</summary>
    /// <value>The default is 2,000,000.</value>
    public long Tokens { get; set; } = 2_000_000;

    /// <summary>Requests that are answered at a time.</summary>
    /// <value>The default is 512.</value>
    public int Requests { get; set; } = 512;

    /// <summary>Texts that wait for a model.</summary>
    /// <value>The default is 200,000.</value>
    public int WaitingTexts { get; set; } = 200_000;

    /// <summary>How long a request would have to wait for its turn, by the measured rate of its model, until it is refused.</summary>
    /// <value>The default is 10 seconds.</value>
    public TimeSpan Wait { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a request may take; what has not begun then is dropped. A request may ask for less with <c>x-request-timeout</c>, in seconds.</summary>
    /// <value>The default is 5 minutes.</value>
    public TimeSpan RequestTime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long the body of a request may take to come.</summary>
    /// <value>The default is 30 seconds.</value>
    public TimeSpan BodyTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Texts of a map.</summary>
    /// <value>The default is 5,000.</value>
    public int MapTexts { get; set; } = 5_000;

    /// <summary>Hits of a search.</summary>
    /// <value>The default is 1,000.</value>
    public int Hits { get; set; } = 1_000;

    internal IEnumerable<string> Problems()
    {
        (string Name, double Value)[] positive =
        [
            (nameof(BodyBytes), BodyBytes), (nameof(AllBodyBytes), AllBodyBytes), (nameof(JsonDepth), JsonDepth), (nameof(Texts), Texts), (nameof(Tokens), Tokens),
            (nameof(Requests), Requests), (nameof(WaitingTexts), WaitingTexts), (nameof(Wait), Wait.Ticks), (nameof(RequestTime), RequestTime.Ticks),
            (nameof(BodyTime), BodyTime.Ticks), (nameof(MapTexts), MapTexts), (nameof(Hits), Hits),
        ];
        return positive.Where(limit => limit.Value < 1).Select(limit => $"Limits.{limit.Name} must be more than 0")
            .Concat(AllBodyBytes < BodyBytes ? [$"Limits.AllBodyBytes is {AllBodyBytes}, less than one body of {BodyBytes}"] : []);
    }
}
