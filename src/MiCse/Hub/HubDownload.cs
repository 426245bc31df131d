namespace MiCse.Hub;

/// <summary>Something that now lies complete and checked in the cache.</summary>
/// <param name="Path">The folder of the model, or the file of the data set.</param>
/// <param name="Commit">The commit it is from.</param>
/// <param name="Note">What the user should know, such as that the Hub was not reachable and this is an older copy; null when there is nothing.</param>
internal sealed record HubDownload(string Path, string Commit, string? Note);
