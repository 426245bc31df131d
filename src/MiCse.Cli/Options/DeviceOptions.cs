using System.CommandLine;
using MiCse.Inference;

namespace MiCse.Cli.Options;

/// <summary>On which device a command computes, and with which libtorch. The program that serves compiles this file as well.</summary>
internal sealed class DeviceOptions
{
    /// <summary>The device.</summary>
    public Option<ComputeDevice?> Device { get; } = new Choice<ComputeDevice>(("cpu", ComputeDevice.Cpu), ("cuda", ComputeDevice.Cuda), ("auto", ComputeDevice.Auto)).ToOption(
        "--device", "Where it is computed: on the processor, on an NVIDIA GPU, or on a GPU where there is one (default: cpu).");

    /// <summary>A folder with libtorch.</summary>
    public Option<string?> LibTorch { get; } = new("--libtorch")
    {
        Description = "The folder of the libtorch 2.10 that computes, such as the torch/lib of Python's torch (default: what MICSE_LIBTORCH names, else the one beside the program).",
        HelpName = "FOLDER",
    };

    /// <summary>Both, in the order of the help page.</summary>
    public IReadOnlyList<Option> All => [Device, LibTorch];

    /// <summary>The device that was asked for.</summary>
    public ComputeDevice Of(ParseResult arguments) => arguments.GetValue(Device) ?? ComputeDevice.Cpu;
}
