using System.Runtime.InteropServices;

namespace MiCse.Training.Native;

/// <summary>
/// TorchSharp's native library is linked against GCC 13's C++ runtime, of which it uses one thing that older runtimes (Debian 12,
/// Ubuntu 22.04, RHEL 9) lack: <c>std::ios_base_library_init()</c>, a start-up hook that older runtimes do not need, because
/// there every object file initialises the streams itself.
/// </summary>
internal static class OlderCxxRuntime
{
    private const string Version = "GLIBCXX_3.4.32";
    private const string StartUpHook = "_ZSt21ios_base_library_initv";

    /// <summary>Imported anyway, and harmless to call without arguments: it touches no memory.</summary>
    private const string HarmlessImport = "ceil";

    private const string Runtime = "libstdc++.so.6";

    /// <summary>Whether this system's C++ runtime is older than GCC 13's.</summary>
    /// <exception cref="PlatformNotSupportedException">There is no C++ runtime at all.</exception>
    public static bool IsInstalled() =>
        NativeLibrary.TryLoad(Runtime, out var runtime)
            ? !NativeLibrary.TryGetExport(runtime, StartUpHook, out _)
            : throw new PlatformNotSupportedException(
                $"Training needs the C++ runtime {Runtime}, which does not load on this system; install it (on Debian and Ubuntu the package libstdc++6).");

    /// <summary>
    /// A copy of the library that loads on an older runtime: the missing version becomes weak, and the hook imports a harmless
    /// function instead. Adapting an adapted library changes nothing.
    /// </summary>
    /// <exception cref="BadImageFormatException">The library is not the one this is meant for.</exception>
    public static byte[] Adapt(ReadOnlySpan<byte> library)
    {
        var copy = library.ToArray();
        var elf = new ElfLibrary(copy);
        var version = elf.FindNeededVersion(Version) ?? throw new BadImageFormatException($"does not need {Version}");
        var hook = FindImport(elf, StartUpHook);
        if (hook is null && version.IsWeak)
        {
            return copy;
        }

        var others = Enumerable.Range(0, elf.SymbolCount).Where(symbol => symbol != hook && elf.SymbolVersion(symbol) == version.Index);
        if (hook is null || others.Any())
        {
            var names = string.Join(", ", others.Take(10).Select(elf.SymbolName));
            throw new BadImageFormatException($"needs {Version} for something else than {StartUpHook} ({names})");
        }

        elf.ImportInstead(
            hook.Value,
            FindImport(elf, HarmlessImport) ?? throw new BadImageFormatException($"does not import {HarmlessImport}"));
        elf.MakeWeak(version);
        return copy;
    }

    private static int? FindImport(ElfLibrary elf, string name)
    {
        for (var symbol = 1; symbol < elf.SymbolCount; symbol++)
        {
            if (elf.IsImport(symbol) && elf.SymbolName(symbol) == name)
            {
                return symbol;
            }
        }

        return null;
    }
}
