using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace MiCse.Training.Native;

/// <summary>A folder that holds libtorch: of a NuGet package, of libtorch's own archive, or of Python's torch.</summary>
/// <param name="Path">Where <c>libtorch.so</c> lies.</param>
/// <param name="Version">What a file beside it says, such as "2.10.0+cu128"; null where none does.</param>
internal sealed partial record LibTorchFolder(string Path, string? Version)
{
    /// <summary>The library that names the others as its dependencies.</summary>
    public const string Library = "libtorch.so";

    /// <summary>The library that computes on GPUs.</summary>
    public const string CudaLibrary = "libtorch_cuda.so";

    /// <summary>The release whose C++ interface TorchSharp's native library was compiled for. Another one may load, and then computes anything or crashes.</summary>
    public const string Release = "2.10";

    // A user may name the folder of the libraries, that of the archive, or that of the Python package.
    private static readonly string[] s_subfolders = ["", "lib", System.IO.Path.Combine("torch", "lib")];

    /// <summary>Whether it can compute on NVIDIA GPUs.</summary>
    public bool HasCuda => File.Exists(System.IO.Path.Combine(Path, CudaLibrary));

    /// <summary>Finds libtorch in a folder, its <c>lib</c>, or its <c>torch/lib</c>.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="source">Who named it, for messages.</param>
    /// <exception cref="PlatformNotSupportedException">It holds none.</exception>
    public static LibTorchFolder Open(string folder, string source)
    {
        var found = Array.ConvertAll(s_subfolders, subfolder => System.IO.Path.GetFullPath(System.IO.Path.Combine(folder, subfolder)))
            .FirstOrDefault(candidate => File.Exists(System.IO.Path.Combine(candidate, Library)));
        return found is null
            ? throw new PlatformNotSupportedException(
                $"{source}: {folder} holds no {Library}; name the lib folder of libtorch {Release}, or that of Python's torch "
                + "(python3 -c \"import torch, os; print(os.path.dirname(torch.__file__) + '/lib')\").")
            : new LibTorchFolder(found, VersionBeside(found));
    }

    /// <summary>Refuses another release than <see cref="Release"/>, as far as files or the loaded library tell.</summary>
    /// <param name="loaded">What the loaded library says, by <see cref="ReleaseOf"/>.</param>
    /// <exception cref="PlatformNotSupportedException">Another release.</exception>
    public void RequireRelease(string? loaded)
    {
        var found = loaded ?? Version;
        if (found is null || !ReleaseNumber().Match(found).Value.Equals(Release, StringComparison.Ordinal))
        {
            throw new PlatformNotSupportedException(
                $"{Path} holds libtorch {Version ?? found ?? "of an unknown version"}, and this program was made for {Release}; take that one, or set {LibTorch.AnyVariable}=1 to try all the same.");
        }
    }

    /// <summary>What a loaded library says of its version, such as "2.10.0"; null where it is too old to say. Its number has major, minor and patch in the three highest bytes.</summary>
    /// <param name="library"><c>libtorch_cpu.so</c>.</param>
    public static unsafe string? ReleaseOf(nint library)
    {
        if (!NativeLibrary.TryGetExport(library, "aoti_torch_abi_version", out var address))
        {
            return null;
        }

        var number = ((delegate* unmanaged<ulong>)address)();
        return FormattableString.Invariant($"{number >> 56}.{(number >> 48) & 0xff}.{(number >> 40) & 0xff}");
    }

    // Python's torch has version.py, libtorch's archive build-version, each in the folder above.
    private static string? VersionBeside(string libraries)
    {
        var above = System.IO.Path.GetDirectoryName(libraries)!;
        var (python, archive) = (System.IO.Path.Combine(above, "version.py"), System.IO.Path.Combine(above, "build-version"));
        return File.Exists(python) && PythonVersion().Match(File.ReadAllText(python)) is { Success: true } match ? match.Groups[1].Value
            : File.Exists(archive) ? File.ReadAllText(archive).Trim()
            : null;
    }

    [GeneratedRegex("""__version__\s*=\s*['"]([^'"]+)['"]""")]
    private static partial Regex PythonVersion();

    [GeneratedRegex(@"^\d+\.\d+")]
    private static partial Regex ReleaseNumber();
}
