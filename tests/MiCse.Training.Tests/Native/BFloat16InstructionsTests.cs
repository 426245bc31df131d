using System.Runtime.InteropServices;
using MiCse.Cli.Options;
using MiCse.Training.Model;
using MiCse.Training.Native;

namespace MiCse.Training.Tests.Native;

public sealed class BFloat16InstructionsTests
{
    [Fact]
    public void Are_those_that_the_kernel_lists()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64, "needs /proc/cpuinfo of Linux on x64");
        var flags = File.ReadLines("/proc/cpuinfo").First(line => line.StartsWith("flags", StringComparison.Ordinal)).Split(' ');

        Assert.Equal(flags.Contains("avx512_bf16") || flags.Contains("amx_bf16"), BFloat16Instructions.Supported);
    }

    [Theory]
    [InlineData(false, false, Precision.Float32)]
    [InlineData(false, true, Precision.BFloat16)]
    [InlineData(true, false, Precision.BFloat16)]
    public void Auto_is_bfloat16_where_it_is_multiplied(bool onGpu, bool instructions, Precision expected) => Assert.Equal(expected, TrainingPrecisionOption.Auto(onGpu, instructions));
}
