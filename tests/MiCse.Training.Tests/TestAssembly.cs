using System.Reflection;
using System.Runtime.CompilerServices;
using MiCse.Training.Native;
using Xunit.Sdk;
using Xunit.v3;

// Dropout and fresh weights come from libtorch's generator, of which a process has one.
[assembly: Parallelization(Mode = ParallelMode.None)]
[assembly: MiCse.Training.Tests.SameStart]

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

/// <summary>Every test starts with the same state of libtorch's generator and the same number of threads, whichever tests ran before it.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class SameStartAttribute : BeforeAfterTestAttribute
{
    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        TorchSharp.torch.manual_seed(0);
        TorchSharp.torch.set_num_threads(1);
    }
}
