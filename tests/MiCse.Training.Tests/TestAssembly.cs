using System.Runtime.CompilerServices;
using MiCse.Training.Native;
using Xunit.Sdk;
using Xunit.v3;

// Dropout and fresh weights come from libtorch's generator, of which a process has one.
[assembly: Parallelization(Mode = ParallelMode.None)]

namespace MiCse.Training.Tests;

internal static class TestAssembly
{
    /// <summary>Tests use TorchSharp themselves, maybe before anything of the library: load it in the right way first.</summary>
    [ModuleInitializer]
    internal static void LoadLibTorch()
    {
        LibTorch.Load();
        TorchSharp.torch.set_num_threads(1); // the models are small, and waiting threads would only keep the processor from others
    }
}
