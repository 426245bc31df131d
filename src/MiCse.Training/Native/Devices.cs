using MiCse.Inference;
using TorchSharp;

namespace MiCse.Training.Native;

/// <summary>Which devices there are for the libtorch that is loaded.</summary>
internal static class Devices
{
    /// <summary>Makes <see cref="ComputeDevice.Auto"/> one of the others, and refuses a device that is not there.</summary>
    /// <exception cref="PlatformNotSupportedException">There is no GPU that libtorch can use.</exception>
    public static ComputeDevice Resolve(ComputeDevice device) => device switch
    {
        ComputeDevice.Cpu => device,
        ComputeDevice.Cuda => HasCuda() ? device : throw new PlatformNotSupportedException(WhyNoCuda()),
        ComputeDevice.Auto => HasCuda() ? ComputeDevice.Cuda : ComputeDevice.Cpu,
        _ => throw new ArgumentOutOfRangeException(nameof(device), device, "Not a device."),
    };

    /// <summary>The device as libtorch names it.</summary>
    /// <param name="device">One that <see cref="Resolve"/> gave.</param>
    public static torch.Device Of(ComputeDevice device) => device == ComputeDevice.Cuda ? torch.CUDA : torch.CPU;

    private static bool HasCuda()
    {
        LibTorch.Load();
        return torch.cuda.is_available();
    }

    private static string WhyNoCuda()
    {
        var folder = LibTorch.Folder?.Path ?? LibTorch.NativesFolder();
        return File.Exists(Path.Combine(folder, LibTorchFolder.CudaLibrary))
            ? $"There is no GPU that libtorch can use: {folder} can compute on NVIDIA GPUs, but finds none (does nvidia-smi show one, and a driver for CUDA 12.8 or later?); without a GPU choose the device cpu."
            : $"There is no GPU that libtorch can use: {folder} computes on processors alone; name one for CUDA with {LibTorch.FolderVariable}, such as the torch/lib of Python's torch {LibTorchFolder.Release}, or choose the device cpu.";
    }
}
