using System.Net.Http.Headers;

namespace MiCse.Hub;

/// <summary>A file on the Hub as its headers describe it.</summary>
/// <param name="Path">The file in its repository, with forward slashes.</param>
/// <param name="Commit">The commit it was looked up in.</param>
/// <param name="Hash">The name of its content; see <see cref="Checksum"/>.</param>
/// <param name="Size">Length in bytes.</param>
internal sealed record RemoteFile(string Path, string Commit, string Hash, long Size)
{
    /// <summary>What a host that serves the content calls this state of it, so that later ranges ask that host for the same.</summary>
    public (Uri Host, EntityTagHeaderValue Tag)? Tag { get; set; }
}
