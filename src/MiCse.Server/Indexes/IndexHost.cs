using MiCse.Server.Configuration;
using MiCse.Server.Models;
using MiCse.Server.Requests;

namespace MiCse.Server.Indexes;

/// <summary>The indexes of a server.</summary>
internal sealed class IndexHost : IDisposable
{
    public IndexHost(MiCseServerOptions options, ModelHost models) =>
        Indexes = [.. options.Indexes.OrderBy(index => index.Key, StringComparer.Ordinal).Select(index => new HostedIndex(index.Key, index.Value, models))];

    public IReadOnlyList<HostedIndex> Indexes { get; }

    /// <summary>The index that a request names.</summary>
    /// <param name="name">Its name; null when there is one.</param>
    /// <exception cref="RefusalException">There is none.</exception>
    public HostedIndex Find(string? name) =>
        (name is null && Indexes.Count == 1 ? Indexes[0] : Indexes.FirstOrDefault(index => index.Name == name)) ?? throw new RefusalException(
            RefusalKind.NotFound,
            Indexes.Count == 0 ? "This server has no index."
                : name is null ? $"The request names no index; this server has {string.Join(", ", Indexes.Select(index => index.Name))}."
                : $"There is no index of this name; this server has {string.Join(", ", Indexes.Select(index => index.Name))}.",
            "index");

    public void Dispose()
    {
        foreach (var index in Indexes)
        {
            index.Dispose();
        }
    }
}
