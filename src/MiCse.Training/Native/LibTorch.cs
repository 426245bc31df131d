using System.Runtime.InteropServices;

namespace MiCse.Training.Native;

/// <summary>Loads libtorch, and guards what a process has of it only once. Thread-safe.</summary>
internal static class LibTorch
{
    /// <summary>The environment variable that names a folder with libtorch, to use instead of the one beside the program.</summary>
    public const string FolderVariable = "MICSE_LIBTORCH";

    /// <summary>The environment variable that, when it is 1, takes a libtorch of any version.</summary>
    public const string AnyVariable = "MICSE_LIBTORCH_ANY";

    private const string TorchSharpLibrary = "libLibTorchSharp.so";

    // What the adapted copy depends on. It lies elsewhere, so its own search path does not find them.
    private static readonly string[] Dependencies = ["libgomp-98b21ff3.so.1", "libc10.so", "libtorch_cpu.so", LibTorchFolder.Library];

    private static readonly Lock Loading = new();
    private static readonly Lock OneAtATime = new();
    private static bool _loaded;
    private static (string Folder, string Source)? _chosen;
    private static LibTorchFolder? _folder;

    /// <summary>Takes libtorch from a folder instead of <see cref="FolderVariable"/>'s; before it is loaded.</summary>
    /// <param name="folder">What <see cref="LibTorchFolder.Open"/> takes.</param>
    /// <param name="source">Who says so, for messages.</param>
    /// <exception cref="InvalidOperationException">Another one is loaded already.</exception>
    public static void Choose(string folder, string source)
    {
        lock (Loading)
        {
            if (_loaded && _folder?.Path != LibTorchFolder.Open(folder, source).Path)
            {
                throw new InvalidOperationException($"{source}: libtorch is loaded already, and a process has one of it.");
            }

            _chosen = (folder, source);
        }
    }

    /// <summary>The folder that was chosen and loaded; null for the libraries beside the program.</summary>
    public static LibTorchFolder? Folder
    {
        get
        {
            Load();
            return _folder;
        }
    }

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
                var natives = NativesFolder();
                if ((_chosen ?? ChosenByEnvironment()) is { } chosen)
                {
                    var folder = LibTorchFolder.Open(chosen.Folder, chosen.Source);
                    RequireNoOther(folder, natives, chosen.Source);
                    _folder = LoadFrom(folder, natives, NativeCache.DefaultFolder);
                }
                else if (!File.Exists(Path.Combine(natives, LibTorchFolder.Library)))
                {
                    _folder = LoadFrom(FolderOfPackage(natives), natives, NativeCache.DefaultFolder);
                }
                else if (!BesideProgram.Contains(natives))
                {
                    LoadFrom(new LibTorchFolder(natives, null), natives, NativeCache.DefaultFolder);
                }
                else if (OlderCxxRuntime.IsInstalled())
                {
                    LoadAdapted(natives, NativeCache.DefaultFolder);
                }

                FreedMemory.Keep();
            }
            else if (!_loaded && !IsBesideProgram && LibTorchPackage.Find(Environment.GetEnvironmentVariable) is { } package)
            {
                // What TorchSharp's library needs is found among what is loaded already.
                Array.ForEach(LibTorchPackage.Libraries, library => NativeLibrary.Load(Path.Combine(package, library)));
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

    /// <summary>Whether there is a libtorch to load: one that was chosen, beside the program, or in NuGet's folder.</summary>
    public static bool IsThere => _chosen is not null || ChosenByEnvironment() is not null || IsBesideProgram || LibTorchPackage.Find(Environment.GetEnvironmentVariable) is not null;

    private static bool IsBesideProgram => BesideProgram.Concat(BesideThisLibrary).Any(folder => File.Exists(Path.Combine(folder, LibTorchPackage.Libraries[^1])));

    private static LibTorchFolder FolderOfPackage(string natives) => LibTorchPackage.Find(Environment.GetEnvironmentVariable) is { } package
        ? new LibTorchFolder(package, LibTorchPackage.Version)
        : throw new PlatformNotSupportedException(
            $"There is no {LibTorchFolder.Library} beside the program ({natives}): it was built without one, so {FolderVariable} must name the folder of libtorch {LibTorchFolder.Release}, "
            + $"or NuGet's folder must have the package {LibTorchPackage.Id} {LibTorchPackage.Version}.");

    /// <summary>The folder of the application's native libraries.</summary>
    internal static string NativesFolder()
    {
        string[] candidates = [.. BesideProgram, .. BesideThisLibrary];
        return candidates.FirstOrDefault(folder => File.Exists(Path.Combine(folder, TorchSharpLibrary)))
            ?? throw new PlatformNotSupportedException(
                $"Training needs {TorchSharpLibrary}, which is neither in {candidates[0]} nor in {candidates[1]}.");
    }

    /// <summary>Where .NET looks for the natives of this program.</summary>
    private static string[] BesideProgram =>
    [
        Path.Combine(AppContext.BaseDirectory, "runtimes", LibTorchPackage.System, "native"),
        AppContext.BaseDirectory,
        .. (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries),
    ];

    /// <summary>Where the natives are when a program of another folder loads this library, as `micse serve` does.</summary>
    private static string[] BesideThisLibrary => Path.GetDirectoryName(typeof(LibTorch).Assembly.Location) is { Length: > 0 } folder
        ? [Path.Combine(folder, "runtimes", LibTorchPackage.System, "native"), folder]
        : [];

    private static (string Folder, string Source)? ChosenByEnvironment() =>
        Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder ? (folder, FolderVariable) : null;

    /// <summary>TorchSharp loads what lies beside the program whatever else is loaded, and a process with two libtorchs ends at once.</summary>
    private static void RequireNoOther(LibTorchFolder chosen, string natives, string source)
    {
        var own = Path.GetFullPath(natives);
        if (BesideProgram.Contains(natives) && own.TrimEnd('/') != chosen.Path.TrimEnd('/') && File.Exists(Path.Combine(own, LibTorchFolder.Library)))
        {
            throw new PlatformNotSupportedException(
                $"{source}: this program has a libtorch of its own in {own}, and a process can have one; publish it without (-p:MiCseTorch=none), or leave {source} out.");
        }
    }

    /// <summary>Loads libtorch from its own folder, by whose search path it finds what it needs, and then TorchSharp's library, whose needs are met by then.</summary>
    /// <returns>The folder, with the version that the library tells where no file does.</returns>
    private static LibTorchFolder LoadFrom(LibTorchFolder folder, string natives, string cacheFolder)
    {
        try
        {
            NativeLibrary.Load(Path.Combine(folder.Path, LibTorchFolder.Library));
            if (folder.HasCuda)
            {
                NativeLibrary.Load(Path.Combine(folder.Path, LibTorchFolder.CudaLibrary));
            }

            var cpu = NativeLibrary.Load(Path.Combine(folder.Path, "libtorch_cpu.so"));
            var release = LibTorchFolder.ReleaseOf(cpu);
            if (Environment.GetEnvironmentVariable(AnyVariable) != "1")
            {
                folder.RequireRelease(release);
            }

            var original = Path.Combine(natives, TorchSharpLibrary);
            if (OlderCxxRuntime.IsInstalled())
            {
                LoadFromCache(TorchSharpLibrary, OlderCxxRuntime.Adapt(File.ReadAllBytes(original)), cacheFolder);
            }
            else
            {
                NativeLibrary.Load(original);
            }

            return folder with { Version = folder.Version ?? release };
        }
        catch (Exception exception) when (exception is BadImageFormatException or DllNotFoundException or IOException or UnauthorizedAccessException)
        {
            throw new PlatformNotSupportedException($"libtorch in {folder.Path} does not load: {exception.Message}", exception);
        }
    }

    private static void LoadAdapted(string natives, string cacheFolder)
    {
        var original = Path.Combine(natives, TorchSharpLibrary);
        try
        {
            var adapted = OlderCxxRuntime.Adapt(File.ReadAllBytes(original));
            foreach (var dependency in Dependencies.Where(name => File.Exists(Path.Combine(natives, name))))
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
