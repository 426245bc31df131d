using System.CommandLine;
using MiCse.Cli.Terminal;
using MiCse.Inference;
using MiCse.Training.Inference;
using MiCse.Training.Native;

namespace MiCse.Cli.Options;

/// <summary>What <see cref="DeviceOptions"/> mean for this program. Apart from them, so that a command that computes on the processor does not load MiCse.Training.</summary>
internal static class DeviceChoice
{
    /// <summary>The device of a training; chooses its libtorch.</summary>
    public static ComputeDevice ForTraining(this DeviceOptions options, ParseResult arguments)
    {
        if (arguments.GetValue(options.LibTorch) is { } folder)
        {
            LibTorch.Choose(folder, options.LibTorch.Name);
        }

        return options.Of(arguments);
    }

    /// <summary>What computes embeddings; null for the library's own engine.</summary>
    /// <exception cref="UsageException">A libtorch is given that nothing is computed with.</exception>
    public static EncoderBackend? Backend(this DeviceOptions options, ParseResult arguments)
    {
        var (device, folder) = (options.Of(arguments), arguments.GetValue(options.LibTorch));
        return device != ComputeDevice.Cpu ? OnTorch(device, folder)
            : folder is null ? null
            : throw new UsageException($"{options.LibTorch.Name}: on the processor libtorch encodes nothing; give {options.Device.Name} cuda or auto as well.");
    }

    private static TorchBackend OnTorch(ComputeDevice device, string? folder) => new(device, folder);
}
