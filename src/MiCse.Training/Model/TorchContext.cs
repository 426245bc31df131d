using MiCse.Training.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace MiCse.Training.Model;

/// <summary>Where tensors are, and in which numbers linear layers multiply. Whatever allocates a tensor takes this, or the device of its input.</summary>
/// <param name="Device">Where weights, batches and random numbers are allocated.</param>
/// <param name="Precision">In which numbers linear layers multiply.</param>
internal sealed record TorchContext(Device Device, Precision Precision)
{
    /// <summary>The processor, the only device that the libtorch packages of this project compute on.</summary>
    public static TorchContext Cpu(Precision precision = Precision.Float32)
    {
        LibTorch.Load();
        return new TorchContext(torch.CPU, precision);
    }

    /// <summary>
    /// Moves a module that was just initialized to the device. Initial weights are always drawn on the CPU, so that a seed gives the same ones everywhere.
    /// </summary>
    public TModule Place<TModule>(TModule module)
        where TModule : nn.Module
    {
        if (Device.type != DeviceType.CPU)
        {
            module.to(Device);
        }

        return module;
    }
}
