namespace MiCse.Tests.Scale;

/// <summary>Packages from npm, which <c>.ci/run</c> installs into <c>artifacts/npm</c>; elsewhere MICSE_NODE_MODULES names their folder.</summary>
internal static class NodeModules
{
    /// <summary>The folder that holds some packages; skips the test when they are not there.</summary>
    public static string Find(params string[] packages)
    {
        var folder = Environment.GetEnvironmentVariable("MICSE_NODE_MODULES") ?? Path.Combine(Fixture.Repository, "artifacts", "npm", "node_modules");
        Assert.SkipUnless(
            packages.All(package => Directory.Exists(Path.Combine(folder, package))),
            $"needs npm packages: npm install --prefix artifacts/npm {string.Join(' ', packages)}");
        return folder;
    }
}
