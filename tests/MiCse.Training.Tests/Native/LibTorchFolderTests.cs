using MiCse.Training.Native;

namespace MiCse.Training.Tests.Native;

/// <summary>Folders that a user may name as libtorch's.</summary>
public sealed class LibTorchFolderTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("micse-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("torch/lib")] // of site-packages
    [InlineData("lib")] // of the archive, or of the package torch
    [InlineData("")]
    public void The_libraries_are_found_where_the_folder_or_one_of_its_usual_parents_is_named(string subfolder)
    {
        var libraries = Directory.CreateDirectory(Path.Combine(_root, "named", subfolder)).FullName;
        File.WriteAllText(Path.Combine(libraries, "libtorch.so"), "");

        Assert.Equal(Path.TrimEndingDirectorySeparator(libraries), Path.TrimEndingDirectorySeparator(LibTorchFolder.Open(Path.Combine(_root, "named"), "--libtorch").Path));
    }

    [Theory]
    [InlineData("version.py", "from typing import Optional\n__all__ = ['__version__']\n__version__ = '2.10.0+cu128'\ndebug = False\n", "2.10.0+cu128")]
    [InlineData("build-version", "2.10.0+cu130\n", "2.10.0+cu130")]
    [InlineData("README", "2.9", null)]
    public void The_version_is_what_a_file_above_says(string file, string content, string? version)
    {
        var libraries = Directory.CreateDirectory(Path.Combine(_root, "lib")).FullName;
        File.WriteAllText(Path.Combine(libraries, "libtorch.so"), "");
        File.WriteAllText(Path.Combine(_root, file), content);

        Assert.Equal(version, LibTorchFolder.Open(_root, "--libtorch").Version);
    }

    [Fact]
    public void A_folder_without_it_is_one_sentence_that_says_where_to_look()
    {
        var missing = Assert.Throws<PlatformNotSupportedException>(() => LibTorchFolder.Open(_root, "MICSE_LIBTORCH"));

        Assert.StartsWith($"MICSE_LIBTORCH: {_root} holds no libtorch.so; name the lib folder of libtorch 2.10", missing.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2.10.0", null)]
    [InlineData(null, "2.10.0+cu128")]
    [InlineData("2.10.1", "2.10.1")]
    public void The_release_is_taken(string? loaded, string? beside) => new LibTorchFolder(_root, beside).RequireRelease(loaded);

    [Theory]
    [InlineData("2.9.1", null, "2.9.1")]
    [InlineData("2.1.0", "2.10.0", "2.10.0")] // what is loaded counts
    [InlineData(null, "2.100.0", "2.100.0")]
    [InlineData(null, "1.2.10", "1.2.10")]
    [InlineData(null, null, "of an unknown version")]
    public void Another_release_is_refused(string? loaded, string? beside, string named)
    {
        var refused = Assert.Throws<PlatformNotSupportedException>(() => new LibTorchFolder(_root, beside).RequireRelease(loaded));

        Assert.Equal(
            $"{_root} holds libtorch {named}, and this program was made for 2.10; take that one, or set MICSE_LIBTORCH_ANY=1 to try all the same.", refused.Message);
    }
}
