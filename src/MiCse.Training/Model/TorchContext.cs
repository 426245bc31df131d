using MiCse.Inference;
using MiCse.Training.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace MiCse.Training.Model;

/// <summary>Where tensors are, and in which numbers linear layers multiply. Whatever allocates a tensor takes this, or the device of its input.</summary>
/// <param name="Device">Where weights, batches and random numbers are allocated.</param>
/// <param name="Precision">In which numbers linear layers multiply.</param>
internal sealed record TorchContext(Device Device, Precision Precision)
{
    /// <summary>The type of hidden states where it is not that of the weights: on a GPU, bfloat16 halves what is read and written between two layers.</summary>
    public ScalarType? StateType { get; init; } = Device.type != DeviceType.CPU && Precision == Precision.BFloat16 ? ScalarType.BFloat16 : null;

    /// <summary>
    /// Whether reading a number back waits for all that was asked of the device before, so that it is done seldom.
    /// </summary>
    public bool IsAsynchronous => Device.type != DeviceType.CPU;

    /// <summary>The processor.</summary>
    public static TorchContext Cpu(Precision precision = Precision.Float32) => On(ComputeDevice.Cpu, precision);

    /// <summary>A device.</summary>
    /// <exception cref="PlatformNotSupportedException">It is not there.</exception>
    public static TorchContext On(ComputeDevice device, Precision precision = Precision.Float32)
    {
        LibTorch.Load();
        return new TorchContext(Devices.Of(Devices.Resolve(device)), precision);
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

    /// <summary>A tensor of the device with the elements of one in this process's memory, which is not needed any more; itself on the CPU.</summary>
    public Tensor Upload(Tensor host)
    {
        switch (Device.type)
        {
            case DeviceType.CPU:
                return host;
            case DeviceType.CUDA:
                // From memory that the system does not move, a copy goes on while this thread prepares the next operation.
                using (host)
                using (var pinned = host.pin_memory())
                {
                    return pinned.to(Device, non_blocking: true);
                }

            default:
                using (host)
                {
                    return host.to(Device);
                }
        }
    }
}
