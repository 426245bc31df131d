using MiCse.Inference;
using MiCse.Models;
using MiCse.Training.Model;
using MiCse.Training.Native;

namespace MiCse.Training.Inference;

/// <summary>
/// Computes embeddings with libtorch, for <see cref="SentenceEncoderOptions.Backend"/>: on a GPU in half precision unless the options say otherwise. Vectors agree with those of the
/// library's own engine within rounding (a cosine above 0.999 in half precision, above 0.99999 in float32).
/// </summary>
public sealed class TorchBackend : EncoderBackend
{
    private readonly ComputeDevice _device;

    /// <summary>A backend that any number of encoders may have.</summary>
    /// <param name="device">
    /// Where it computes. <see cref="ComputeDevice.Auto"/> leaves a machine without a GPU, and models that a GPU is nothing for, to the library's own engine, which is the
    /// faster one on a processor; <see cref="ComputeDevice.Cpu"/> computes on libtorch there, to compare the two.
    /// </param>
    /// <param name="libtorch">
    /// A folder with libtorch, such as the torch/lib of Python's torch; null takes what the environment variable MICSE_LIBTORCH names, else the one beside the program. A process
    /// has one libtorch, that of the first backend or training.
    /// </param>
    public TorchBackend(ComputeDevice device = ComputeDevice.Auto, string? libtorch = null)
    {
        _device = device;
        if (libtorch is not null)
        {
            LibTorch.Choose(libtorch, "libtorch");
        }
    }

    /// <inheritdoc/>
    /// <exception cref="PlatformNotSupportedException">There is no such device.</exception>
    public override string Device => Devices.Resolve(_device) == ComputeDevice.Cuda ? "cuda" : "cpu";

    internal override (IEncoderEngine Engine, EncoderPrecision Precision)? Load(EncoderSettings settings)
    {
        var device = Devices.Resolve(_device);
        var unfit = WhyUnfit(settings);
        if (_device == ComputeDevice.Auto && (device == ComputeDevice.Cpu || unfit is not null))
        {
            return settings.Options.Precision is { } asked && asked.IsHalf()
                ? throw new ArgumentException($"Precision is {asked.Name()}, which is computed on a GPU alone, and there is {unfit ?? "none"}.")
                : null;
        }

        if (unfit is not null)
        {
            throw new ArgumentException($"{settings.Folder.Path} is not computed on libtorch: {unfit}; choose the device cpu.");
        }

        var precision = settings.Options.Precision ?? (device == ComputeDevice.Cuda ? EncoderPrecision.Float16 : EncoderPrecision.Float32);
        return (TorchEngine.Load(settings, device, precision), precision);
    }

    private static string? WhyUnfit(EncoderSettings settings) =>
        settings.Folder.Static is not null ? "it holds static embeddings, which are looked up and not computed"
        : settings.Folder.IsForeignGraph ? "it is an ONNX graph of another program"
        : settings.Folder.Precision == EncoderPrecision.Int8 || settings.Options.Precision == EncoderPrecision.Int8 ? "int8 is computed by the library's own engine"
        : settings.Chain.Poolings.Contains(Pooling.Cls) ? "its pooling is cls, whose head is computed by the library's own engine (cls-before-pooler has none)"
        : null;
}
