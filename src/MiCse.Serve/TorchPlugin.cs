using System.Reflection;
using System.Runtime.Loader;
using MiCse.Inference;

namespace MiCse.Serve;

/// <summary>
/// What computes on GPUs. This program does not depend on it, because a server on processors is hundreds of megabytes smaller without: MiCse.Training lies beside this program, or in
/// the folder above, where the command line has it.
/// </summary>
internal static class TorchPlugin
{
    private const string Library = "MiCse.Training";

    /// <summary>What computes embeddings on a device; null for the library's own engine.</summary>
    /// <param name="device">The device.</param>
    /// <param name="libtorch">A folder with libtorch; null for the usual one.</param>
    /// <exception cref="ArgumentException">MiCse.Training is not there, or there is no such device.</exception>
    public static EncoderBackend? Load(ComputeDevice device, string? libtorch)
    {
        if (device == ComputeDevice.Cpu)
        {
            return libtorch is null ? null : throw new ArgumentException("--libtorch: on the processor libtorch encodes nothing; give --device cuda or auto as well.");
        }

        string[] candidates = [AppContext.BaseDirectory, Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, ".."))];
        var folder = Array.Find(candidates, candidate => File.Exists(Path.Combine(candidate, $"{Library}.dll")))
            ?? throw new ArgumentException($"--device: {Library}.dll, which computes on GPUs, is not in {string.Join(" or ", candidates)}; start the server as `micse serve`, or choose the device cpu.");
        AssemblyLoadContext.Default.Resolving += (context, name) =>
            Path.Combine(folder, $"{name.Name}.dll") is var path && File.Exists(path) ? context.LoadFromAssemblyPath(path) : null;
        var type = AssemblyLoadContext.Default.LoadFromAssemblyPath(Path.Combine(folder, $"{Library}.dll")).GetType($"{Library}.Inference.TorchBackend", throwOnError: true)!;
        try
        {
            var backend = (EncoderBackend)Activator.CreateInstance(type, device, libtorch)!;
            _ = backend.Device; // says at once where there is none
            return backend;
        }
        catch (TargetInvocationException failure) when (failure.InnerException is PlatformNotSupportedException or InvalidOperationException)
        {
            throw new ArgumentException(failure.InnerException.Message, failure);
        }
        catch (PlatformNotSupportedException failure)
        {
            throw new ArgumentException(failure.Message, failure);
        }
    }
}
