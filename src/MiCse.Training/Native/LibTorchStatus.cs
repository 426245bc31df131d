using System.Globalization;
using MiCse.Inference;
using TorchSharp;

namespace MiCse.Training.Native;

/// <summary>Which libtorch this process has loaded, and what it computes on.</summary>
/// <param name="Version">As far as it is known, such as "2.10.0+cu128".</param>
/// <param name="Folder">Where it lies; several, separated by commas, if something went wrong and there are several.</param>
/// <param name="Gpus">How many GPUs it can use.</param>
/// <param name="Device">What the device that was asked for came to.</param>
internal sealed record LibTorchStatus(string Version, string Folder, int Gpus, string Device)
{
    /// <summary>Loads libtorch and asks it.</summary>
    /// <exception cref="PlatformNotSupportedException">The device is not there, or libtorch does not load.</exception>
    public static LibTorchStatus Of(ComputeDevice device)
    {
        var resolved = Devices.Resolve(device);
        var version = LibTorch.Folder?.Version ?? torch.__version__;
        var gpus = torch.cuda.is_available() ? torch.cuda.device_count() : 0;
        return new LibTorchStatus(version, Mapped(), gpus, resolved == ComputeDevice.Cuda ? "cuda" : "cpu");
    }

    // What the process has in its memory, whatever was asked for.
    private static string Mapped() => !OperatingSystem.IsLinux()
        ? AppContext.BaseDirectory
        : string.Join(", ", File.ReadLines("/proc/self/maps")
            .Where(line => line.EndsWith("/libtorch_cpu.so", StringComparison.Ordinal))
            .Select(line => Path.GetDirectoryName(line[line.IndexOf('/', StringComparison.Ordinal)..])!)
            .Distinct());

    /// <summary>For people.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Version} from {Folder}, {(Gpus == 0 ? "no GPU" : Gpus == 1 ? "1 GPU" : $"{Gpus} GPUs")}");
}
