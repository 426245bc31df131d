namespace MiCse;

/// <summary>A model that lies on this machine, from <see cref="ModelSource.Resolve"/>.</summary>
public sealed class ResolvedModel
{
    internal ResolvedModel(string folder, string id, string? note = null) => (Folder, Id, Note) = (folder, id, note);

    /// <summary>Its folder.</summary>
    public string Folder { get; }

    /// <summary>What it is called wherever it lies: "organisation/name@commit", the name of the built-in model, or the folder's name.</summary>
    public string Id { get; }

    /// <summary>What the user should know, such as that the Hub was not reachable and this is an older copy; null when there is nothing.</summary>
    public string? Note { get; }
}
