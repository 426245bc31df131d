namespace MiCse.Hub;

/// <summary>One file of a data set on the Hub, as the address <c>hf://datasets/org/name@revision/path</c> names it.</summary>
/// <param name="Repository">The data set.</param>
/// <param name="Path">The file in it, with forward slashes.</param>
internal sealed record HubFile(HubRepository Repository, string Path)
{
    private const string Scheme = "hf://";
    private const string Datasets = "hf://datasets/";

    /// <summary>Whether a text is meant as the address of a file on the Hub.</summary>
    public static bool IsAddress(string text) => text.StartsWith(Scheme, StringComparison.Ordinal);

    /// <summary>Reads "hf://datasets/org/name/path" or "hf://datasets/org/name@revision/path"; slashes in a revision are written %2F.</summary>
    /// <exception cref="ArgumentException">Not such an address.</exception>
    public static HubFile Parse(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var parts = address.StartsWith(Datasets, StringComparison.Ordinal) ? address[Datasets.Length..].Split('/', 3) : [];
        if (parts.Length != 3 || !RepositoryPath.IsSafe(parts[2]))
        {
            throw new ArgumentException($"'{address}' is not the address of a data file; "
                + $"expected is {Datasets}ORGANISATION/NAME/FILE, with @REVISION after NAME if need be.");
        }

        return new HubFile(HubRepository.Parse($"{parts[0]}/{Uri.UnescapeDataString(parts[1])}", HubKind.Dataset), parts[2]);
    }

    /// <summary>The address.</summary>
    public override string ToString() =>
        $"{Datasets}{Repository.Id}{(Repository.Revision == HubRepository.DefaultRevision ? "" : $"@{Uri.EscapeDataString(Repository.Revision)}")}/{Path}";
}
