using System.ComponentModel;
using System.Diagnostics;
using MiCse.Cli.Terminal;
using MiCse.Training.Native;

namespace MiCse.Cli.Input;

/// <summary>
/// Brings libtorch for a command that trains, where the program was delivered without it, as the .NET tool is: its NuGet package, by `dotnet restore`, so that the user's package sources
/// and their credentials hold. It stays in NuGet's folder, for this program and all others.
/// </summary>
internal static class LibTorchFetch
{
    /// <summary>What a command's help says when libtorch is not here yet; null when it is.</summary>
    public static string? Notice() => LibTorch.IsThere ? null
        : LibTorchPackage.Id is not { } id ? $"Training needs libtorch, of which there is no package for {LibTorchPackage.System}: set {LibTorch.FolderVariable} to a folder that holds libtorch {LibTorchPackage.Version}."
        : $"Training needs libtorch, which is not here yet: the first run fetches the NuGet package {id} {LibTorchPackage.Version}, some 100 MB (on disk up to 500 MB), by `dotnet restore`.";

    /// <summary>Fetches libtorch if it is not there.</summary>
    /// <exception cref="IOException">It cannot be fetched; the message says how to get it by hand.</exception>
    public static void Ensure(StandardStreams streams, CancellationToken cancellationToken)
    {
        if (LibTorchPackage.Id is not { } id || LibTorch.IsThere)
        {
            return;
        }

        streams.Error.WriteLine($"micse: training needs libtorch: fetching the NuGet package {id} {LibTorchPackage.Version}, once …");
        var folder = Directory.CreateTempSubdirectory("micse-libtorch-").FullName;
        try
        {
            // No file of the user's folders above takes part.
            var project = Path.Combine(folder, "libtorch.csproj");
            File.WriteAllText(project, $"""
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup>
                    <TargetFramework>net10.0</TargetFramework>
                  </PropertyGroup>
                  <ItemGroup>
                    <PackageDownload Include="{id}" Version="[{LibTorchPackage.Version}]" />
                  </ItemGroup>
                </Project>
                """);
            Restore(project, LibTorchPackage.Packages(streams.Variable), id, cancellationToken);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        if (LibTorchPackage.Find(streams.Variable) is null)
        {
            throw new IOException($"{id} {LibTorchPackage.Version}: was restored, but is not in {LibTorchPackage.Packages(streams.Variable)}.");
        }
    }

    private static void Restore(string project, string packages, string id, CancellationToken cancellationToken)
    {
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet";
        var start = new ProcessStartInfo(
            dotnet,
            [
                "restore", project, "--packages", packages, "--nologo", "-v", "q", "-nodeReuse:false",
                "-p:ImportDirectoryBuildProps=false", "-p:ImportDirectoryBuildTargets=false", "-p:ImportDirectoryPackagesProps=false",
                $"-p:RestoreRootConfigDirectory={Environment.CurrentDirectory}", // whose NuGet.config holds
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            using var ended = cancellationToken.Register(() => process.Kill(entireProcessTree: true));
            var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            cancellationToken.ThrowIfCancellationRequested();
            if (process.ExitCode != 0)
            {
                throw new IOException(Advice(id, $"`dotnet restore` failed: {(output + error.Result).Trim()}"));
            }
        }
        catch (Win32Exception failure)
        {
            throw new IOException(Advice(id, $"`dotnet restore` cannot be started ({failure.Message}), the .NET SDK is needed for it"), failure);
        }
    }

    private static string Advice(string id, string why) =>
        $"{id} {LibTorchPackage.Version}: could not be fetched: {why}; on a machine without a network, restore that package from a folder, or set {LibTorch.FolderVariable} to a folder that holds libtorch {LibTorchPackage.Version}.";
}
