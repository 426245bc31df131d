using System.Reflection;
using System.Runtime.InteropServices;
using TorchSharp;

namespace MiCse.Training.Native;

/// <summary>
/// Makes TorchSharp use native libraries that are loaded already. By itself it looks for them by name, first beside the program, where a package may have put
/// another libtorch: a process with two of them registers every operation twice and ends.
/// </summary>
internal static class TorchSharpLoading
{
    private const string Library = "LibTorchSharp";

    // TorchSharp 0.107: whether it has looked for the libraries of the CPU, and of CUDA.
    private static readonly string[] s_searched = ["nativeBackendLoaded", "nativeBackendCudaLoaded"];

    /// <summary>Call this before anything of TorchSharp is used.</summary>
    /// <param name="library">TorchSharp's native library, whose dependencies are loaded.</param>
    /// <exception cref="PlatformNotSupportedException">TorchSharp is another version.</exception>
    public static void Use(nint library)
    {
        NativeLibrary.SetDllImportResolver(typeof(torch).Assembly, (name, _, _) => name == Library ? library : 0);
        foreach (var name in s_searched)
        {
            var field = typeof(torch).GetField(name, BindingFlags.Static | BindingFlags.NonPublic)
                ?? throw new PlatformNotSupportedException($"A libtorch of your choice needs TorchSharp 0.107, and this one has no {name}.");
            field.SetValue(null, true);
        }
    }
}
