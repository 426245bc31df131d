using System.CommandLine;
using MiCse.Inference;
using MiCse.Training.Model;
using MiCse.Training.Native;

namespace MiCse.Cli.Options;

/// <summary>The arithmetic of a training's linear layers.</summary>
/// <param name="linear">What it is about, for its line on the help page.</param>
internal sealed class TrainingPrecisionOption(string linear)
{
    private enum Choices
    {
        Float32,
        BFloat16,
        Auto,
    }

    private readonly Option<Choices?> _option = new Choice<Choices>(("fp32", Choices.Float32), ("bf16", Choices.BFloat16), ("auto", Choices.Auto)).ToOption(
        "--precision", $"Arithmetic of {linear}; bf16 is faster on processors with bfloat16 instructions and much slower on others; auto is bf16 on those and on GPUs, else fp32 (default: fp32).");

    /// <summary>The option.</summary>
    public Option Option => _option;

    /// <summary>The precision; null when the option is not given.</summary>
    /// <param name="arguments">What was given.</param>
    /// <param name="device">The device that was asked for.</param>
    /// <exception cref="PlatformNotSupportedException">There is no such device.</exception>
    public Precision? Of(ParseResult arguments, ComputeDevice device) => arguments.GetValue(_option) switch
    {
        null => null,
        Choices.Float32 => Precision.Float32,
        Choices.BFloat16 => Precision.BFloat16,
        _ => Auto(onGpu: Devices.Resolve(device) == ComputeDevice.Cuda, BFloat16Instructions.Supported),
    };

    /// <summary>What auto stands for.</summary>
    /// <param name="onGpu">It is trained on a GPU.</param>
    /// <param name="instructions">The processor multiplies bfloat16 by itself.</param>
    internal static Precision Auto(bool onGpu, bool instructions) => onGpu || instructions ? Precision.BFloat16 : Precision.Float32;
}
