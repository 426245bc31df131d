namespace MiCse.Tests.Hub;

/// <summary>A repository on the test server.</summary>
internal sealed class HubServerRepository
{
    /// <summary>The commit that main means.</summary>
    public string Commit { get; set; } = new('a', 40);

    /// <summary>Contents by path.</summary>
    public Dictionary<string, byte[]> Files { get; } = [];

    /// <summary>Names in the listing that no file belongs to.</summary>
    public List<string> ListedToo { get; } = [];

    /// <summary>Adds every file of a folder.</summary>
    public HubServerRepository With(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            Files[Path.GetRelativePath(folder, path).Replace('\\', '/')] = File.ReadAllBytes(path);
        }

        return this;
    }

    /// <summary>The commit of a revision, or null.</summary>
    public string? CommitOf(string revision) => revision == "main" || revision == Commit ? Commit : null;
}
