namespace MiCse.Hub;

/// <summary>What an answer that is not the file means, in a sentence.</summary>
internal static class HubAnswer
{
    private const int LongestQuote = 200;

    /// <summary>The failure to throw for an answer.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="repository">What was asked for.</param>
    /// <param name="file">The file that was asked for, or null for the repository as a whole.</param>
    /// <param name="options">Where it was asked, and by whom.</param>
    public static HubException Explain(HttpResponseMessage response, HubRepository repository, string? file, HubOptions options)
    {
        var subject = repository.ToString();
        var page = new Uri(options.Endpoint, repository.Page);
        return ((int)response.StatusCode, Header(response, "X-Error-Code")) switch
        {
            (_, "GatedRepo") when options.Token is null => new HubException(HubFailure.Gated,
                $"{subject}: is gated: ask for access at {page}, then set HF_TOKEN to a token of that account."),
            (_, "GatedRepo") => new HubException(HubFailure.Gated,
                $"{subject}: is gated, and the account of the token has no access: ask for it at {page}."),
            (404, "RevisionNotFound") => new HubException(HubFailure.NotFound,
                $"{repository.Id}: has no revision '{repository.Revision}'; its branches, tags and commits are listed at {page}."),
            (404, "EntryNotFound") => FileNotFound(repository, file, page),
            (401, _) when options.Token is null => new HubException(HubFailure.Unauthorized,
                $"{subject}: there is no such repository on {options.Endpoint.Host}, or it is private; "
                + "check the spelling, or set HF_TOKEN if it is yours."),
            (401, _) => new HubException(HubFailure.Unauthorized,
                $"{subject}: {options.Endpoint.Host} does not accept the token, or shows this repository to others only; "
                + $"check HF_TOKEN{Quote(response)}."),
            (404, null) when file is not null => FileNotFound(repository, file, page),
            (404, _) => new HubException(HubFailure.NotFound,
                $"{subject}: there is no such repository on {options.Endpoint.Host}; check the spelling."),
            (403, _) => new HubException(HubFailure.Refused,
                $"{subject}: {response.RequestMessage?.RequestUri?.Host} forbids to read it{Quote(response)}; check that HF_TOKEN may."),
            (429, _) => new HubException(HubFailure.Busy,
                $"{subject}: {options.Endpoint.Host} gets too many requests from here{RetryAfter(response)}{(options.Token is null ? "; with HF_TOKEN set more are allowed" : "")}."),
            ( >= 500, _) => new HubException(HubFailure.Busy,
                $"{subject}: {options.Endpoint.Host} fails with {Status(response)}{RetryAfter(response)}; try again later."),
            _ => new HubException(HubFailure.Refused,
                $"{subject}: {options.Endpoint.Host} answers {Status(response)}{Quote(response)}."),
        };
    }

    /// <summary>The value of a header, or null.</summary>
    public static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;

    private static HubException FileNotFound(HubRepository repository, string? file, Uri page) => new(
        HubFailure.NotFound, $"{repository}: has no file '{file}'; its files are listed at {page}.");

    private static string Status(HttpResponseMessage response) => $"{(int)response.StatusCode} {response.StatusCode}";

    private static string RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } wait } => FormattableString.Invariant($" and asks to wait {wait.TotalSeconds:0} seconds"),
        { Date: { } date } => FormattableString.Invariant($" and asks to wait until {date:u}"),
        _ => "",
    };

    // What the server says is shown as one short line and never more.
    private static string Quote(HttpResponseMessage response)
    {
        var text = string.Concat((Header(response, "X-Error-Message") ?? "").Where(letter => !char.IsControl(letter))).Trim().TrimEnd('.');
        return text.Length == 0 ? "" : $" (it says: {text[..Math.Min(text.Length, LongestQuote)]})";
    }
}
