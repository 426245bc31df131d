using System.Text.Json;

namespace MiCse.Hub;

/// <summary>The commit that a revision means and the files in it.</summary>
/// <param name="Commit">The whole commit hash.</param>
/// <param name="Files">The files, with forward slashes; names that would lead out of a folder are left out.</param>
internal sealed record RepositoryListing(string Commit, IReadOnlySet<string> Files)
{
    /// <summary>Reads the Hub's description of a repository.</summary>
    /// <exception cref="HubException">It is none.</exception>
    public static RepositoryListing Read(ReadOnlyMemory<byte> json, HubRepository repository)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var commit = document.RootElement.GetProperty("sha").GetString();
            var files = document.RootElement.GetProperty("siblings").EnumerateArray().Select(file => file.GetProperty("rfilename").GetString());
            if (commit is not null && RepositoryPath.IsCommit(commit))
            {
                return new RepositoryListing(commit, files.OfType<string>().Where(RepositoryPath.IsSafe).ToHashSet(StringComparer.Ordinal));
            }
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw Unexpected(repository, "is not the Hub's description of a repository", failure);
        }

        throw Unexpected(repository, "is not the Hub's description of a repository", null);
    }

    /// <summary>The failure for an answer that is something else.</summary>
    public static HubException Unexpected(HubRepository repository, string what, Exception? inner) => new(
        HubFailure.Refused, $"{repository}: the answer {what}; check HF_ENDPOINT, the proxy, and whether a login page is in between.", inner);
}
