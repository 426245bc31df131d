using System.Text.RegularExpressions;
using MiCse.Tests;
using MiCse.Training.Native;

namespace MiCse.Training.Tests.Native;

public sealed class LibTorchPackageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("micse-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Its_version_is_the_one_that_the_build_restores()
    {
        var properties = File.ReadAllText(Path.Combine(Fixture.Repository, "Directory.Packages.props"));
        Assert.Equal(Regex.Match(properties, "<MiCseLibTorchVersion>(.*)</").Groups[1].Value, LibTorchPackage.Version);
        Assert.StartsWith(LibTorchFolder.Release + ".", LibTorchPackage.Version, StringComparison.Ordinal);
    }

    [Fact]
    public void Packages_lie_where_NuGet_says()
    {
        var home = OperatingSystem.IsWindows() ? "USERPROFILE" : "HOME";
        Assert.Equal(_folder, LibTorchPackage.Packages(name => name == "NUGET_PACKAGES" ? _folder : "elsewhere"));
        Assert.Equal(Path.Combine(_folder, ".nuget", "packages"), LibTorchPackage.Packages(name => name == home ? _folder : null));
    }

    [Fact]
    public void Half_a_package_is_none()
    {
        Assert.SkipWhen(LibTorchPackage.Id is null, "there is no libtorch for this system");
        Assert.Null(Find());
        var package = Path.Combine(_folder, LibTorchPackage.Id!, LibTorchPackage.Version);
        var libraries = Directory.CreateDirectory(Path.Combine(package, "runtimes", LibTorchPackage.System, "native")).FullName;
        Assert.Null(Find());
        File.WriteAllText(Path.Combine(package, ".nupkg.metadata"), "{}"); // NuGet's last file
        Assert.Equal(libraries, Find());
    }

    private string? Find() => LibTorchPackage.Find(name => name == "NUGET_PACKAGES" ? _folder : null);
}
