using System.Runtime.InteropServices;

namespace MiCse.Training.Native;

/// <summary>Loads libtorch, and guards what a process has of it only once. Thread-safe.</summary>
internal static class LibTorch
{
    private const string TorchSharpLibrary = "libLibTorchSharp.so";

    // What the adapted copy depends on. It lies elsewhere, so its own search path does not find them.
    private static readonly string[] Dependencies = ["libgomp-98b21ff3.so.1", "libc10.so", "libtorch_cpu.so", "libtorch.so"];

    private static readonly Lock Loading = new();
    private static readonly Lock OneAtATime = new();
    private static bool _loaded;

    /// <summary>Whether the calling thread is inside <see cref="RunExclusively"/>.</summary>
    public static bool IsHeldByThisThread => OneAtATime.IsHeldByCurrentThread;

    /// <summary>
    /// Call this before anything of TorchSharp is used; later calls do nothing. On a Linux system whose C++ runtime is older than
    /// GCC 13's, TorchSharp's native library would not load: then an adapted copy from the user's cache folder
    /// (<c>$XDG_CACHE_HOME/micse</c> or <c>~/.cache/micse</c>) is loaded in its place. Everywhere else nothing is touched.
    /// </summary>
    /// <exception cref="PlatformNotSupportedException">The native libraries are missing, or cannot be adapted or loaded.</exception>
    public static void Load()
    {
        lock (Loading)
        {
            if (!_loaded && OperatingSystem.IsLinux())
            {
                if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
                {
                    throw new PlatformNotSupportedException(
                        $"Training needs libtorch, which exists for 64-bit x86 Linux and not for {RuntimeInformation.ProcessArchitecture}.");
                }

                OpenMpThreads.SpinBriefly();
                if (OlderCxxRuntime.IsInstalled())
                {
                    LoadAdapted(NativesFolder(), NativeCache.DefaultFolder);
                }

                FreedMemory.Keep();
            }

            _loaded = true;
        }
    }

    /// <summary>
    /// Runs work that draws random numbers from libtorch's global generator (dropout, the initialization of modules) or sets its seed: a process has one
    /// such generator, so work on other threads waits. May be nested on one thread.
    /// </summary>
    public static TResult RunExclusively<TResult>(Func<TResult> work)
    {
        lock (OneAtATime)
        {
            Load();
            return work();
        }
    }

    /// <summary>The folder of the application's native libraries.</summary>
    internal static string NativesFolder()
    {
        string[] candidates =
        [
            Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native"),
            AppContext.BaseDirectory,
            .. (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries),
        ];
        return candidates.FirstOrDefault(folder => File.Exists(Path.Combine(folder, TorchSharpLibrary)))
            ?? throw new PlatformNotSupportedException(
                $"Training needs {TorchSharpLibrary}, which is neither in {candidates[0]} nor in {candidates[1]}.");
    }

    private static void LoadAdapted(string natives, string cacheFolder)
    {
        var original = Path.Combine(natives, TorchSharpLibrary);
        try
        {
            var adapted = OlderCxxRuntime.Adapt(File.ReadAllBytes(original));
            foreach (var dependency in Dependencies)
            {
                NativeLibrary.Load(Path.Combine(natives, dependency));
            }

            LoadFromCache(TorchSharpLibrary, adapted, cacheFolder);
        }
        catch (Exception exception) when (exception is BadImageFormatException or DllNotFoundException or IOException or UnauthorizedAccessException)
        {
            throw new PlatformNotSupportedException(
                $"{original} could not be adapted to this system's older C++ runtime: {exception.Message}; "
                + "a system with the runtime of GCC 13 or later (Ubuntu 24.04, Debian 13, RHEL 10) needs no adapting.",
                exception);
        }
    }

    /// <summary>Loads a library that exists in memory only, from the cache or, where that cannot be written, from a temporary folder.</summary>
    internal static void LoadFromCache(string fileName, byte[] library, string cacheFolder)
    {
        string path;
        try
        {
            path = NativeCache.Store(cacheFolder, fileName, library);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A read-only home: a private temporary folder, which is not needed any more once the library is mapped.
            var temporary = Directory.CreateTempSubdirectory("micse-native-");
            try
            {
                NativeLibrary.Load(NativeCache.Store(temporary.FullName, fileName, library));
            }
            finally
            {
                temporary.Delete(recursive: true);
            }

            return;
        }

        NativeLibrary.Load(path);
    }
}
