using System.Reflection;
using System.Runtime.InteropServices;
using MiCse.Files;

namespace MiCse.Training.Native;

/// <summary>The NuGet package with libtorch for this system, in NuGet's folder: for programs that are delivered without libtorch, as the .NET tool is.</summary>
internal static class LibTorchPackage
{
    // Those that TorchSharp has libtorch packages for.
    private static readonly string[] s_systems = ["linux-x64", "osx-arm64", "win-arm64", "win-x64"];

    /// <summary>The version that TorchSharp's native library was compiled for.</summary>
    public static string Version { get; } =
        typeof(LibTorchPackage).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "MiCseLibTorchVersion").Value!;

    /// <summary>This system, as NuGet names it.</summary>
    public static string System { get; } =
        $"{(OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux")}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";

    /// <summary>The id of the package; null where there is none for this system.</summary>
    public static string? Id { get; } = Array.IndexOf(s_systems, System) < 0 ? null : $"libtorch-cpu-{System}";

    /// <summary>The libraries to load, in this order; they find what they need beside themselves.</summary>
    public static string[] Libraries { get; } = OperatingSystem.IsWindows() ? ["torch_cpu.dll", "torch.dll"]
        : OperatingSystem.IsMacOS() ? ["libtorch_cpu.dylib", "libtorch.dylib"]
        : ["libtorch_cpu.so", LibTorchFolder.Library];

    /// <summary>NuGet's folder of packages: NUGET_PACKAGES, or <c>.nuget/packages</c> in the user's home.</summary>
    /// <param name="variable">Gives the value of an environment variable, or null.</param>
    public static string Packages(Func<string, string?> variable) =>
        variable("NUGET_PACKAGES") is { Length: > 0 } folder ? folder : Path.Combine(UserFolder.Home(variable), ".nuget", "packages");

    /// <summary>Where the libraries are; null where the package is not there, or not whole.</summary>
    /// <param name="variable">Gives the value of an environment variable, or null.</param>
    public static string? Find(Func<string, string?> variable)
    {
        if (Id is null)
        {
            return null;
        }

        var package = Path.Combine(Packages(variable), Id, Version);
        var libraries = Path.Combine(package, "runtimes", System, "native");
        return File.Exists(Path.Combine(package, ".nupkg.metadata")) && Directory.Exists(libraries) ? libraries : null; // NuGet writes the file last
    }
}
