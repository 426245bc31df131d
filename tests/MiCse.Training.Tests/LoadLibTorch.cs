using System.Runtime.CompilerServices;
using MiCse.Training.Native;

namespace MiCse.Training.Tests;

internal static class LoadLibTorch
{
    /// <summary>Tests use TorchSharp themselves, maybe before anything of the library: load it in the right way first.</summary>
    [ModuleInitializer]
    internal static void BeforeAnyTest() => LibTorch.Load();
}
