namespace MiCse.Tests;

/// <summary>Where the golden files lie, and the data that is not part of the repository.</summary>
internal static class Fixture
{
    /// <summary>The root of the repository.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>A file under tests/Fixtures.</summary>
    public static string Path(params string[] parts) =>
        System.IO.Path.Combine([AppContext.BaseDirectory, "Fixtures", .. parts]);

    /// <summary>A file or folder of the shared data beside the repository; skips the test when it is not there.</summary>
    public static string Shared(params string[] parts)
    {
        var beside = Directory.GetParent(Repository);
        var shared = beside is null ? null : System.IO.Path.Combine([beside.FullName, "shared", .. parts]);
        Assert.SkipUnless(shared is not null && System.IO.Path.Exists(shared), $"needs ../shared/{string.Join('/', parts)}, which is not there");
        return shared!;
    }

    private static string FindRepository()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(System.IO.Path.Combine(root.FullName, "MiCse.slnx")))
        {
            root = root.Parent ?? throw new DirectoryNotFoundException($"No MiCse.slnx above {AppContext.BaseDirectory}.");
        }

        return root.FullName;
    }
}
