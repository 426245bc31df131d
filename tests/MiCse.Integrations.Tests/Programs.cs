namespace MiCse.Integrations.Tests;

/// <summary>Where programs of this repository lie that were built with the tests.</summary>
internal static class Programs
{
    /// <summary>The library of a program.</summary>
    public static string Path(string name) => System.IO.Path.Combine(Folder(name), $"{name}.dll");

    /// <summary>The output folder of a project.</summary>
    public static string Folder(string name)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        return System.IO.Path.Combine(own.Parent!.Parent!.FullName, name, own.Name);
    }
}
