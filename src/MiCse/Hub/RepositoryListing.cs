using System.Text.Json;

namespace MiCse.Hub;

/// <summary>The commit that a revision means and the files in it.</summary>
/// <param name="Commit">The whole commit hash.</param>
/// <param name="Files">The files, with forward slashes; names that would lead out of a folder are left out.</param>
internal sealed record RepositoryListing(string Commit, IReadOnlySet<string> Files)
{
    /// <summary>Reads the Hub's description of a repository.</summary>
    /// <exception cref="HubException">It is none.</exception>
    public static RepositoryListing Read(string json, HubRepository repository)
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
            throw Unexpected(repository, failure);
        }

        throw Unexpected(repository, null);
    }

    private static HubException Unexpected(HubRepository repository, Exception? inner) => new(
        HubFailure.Refused, $"{repository}: the answer is not the Hub's description of a repository; "
            + "check HF_ENDPOINT, the proxy, and whether a login page is in between.", inner);
}
