using MiCse.Models;
using MiCse.Weights;
using static TorchSharp.torch;

namespace MiCse.Training.Model;

/// <summary>Moves weights between checkpoints and modules. Both sides use the names of <see cref="WeightNames"/>.</summary>
internal static class CheckpointLoading
{
    /// <summary>Copies a checkpoint's weights into a module (a float32 one, on any device).</summary>
    /// <param name="module">A <see cref="EncoderModule"/>, <see cref="ProjectionHead"/> or <see cref="MaskedLanguageModelHead"/>.</param>
    /// <param name="weights">Its weights, of the same configuration.</param>
    /// <exception cref="ArgumentException">Weights are missing or of another size; lists the first ten.</exception>
    public static void Load(nn.Module module, EncoderWeights weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        Load(module, weights.Tensors);
    }

    /// <inheritdoc cref="Load(nn.Module, EncoderWeights)"/>
    public static void Load(nn.Module module, IReadOnlyDictionary<string, Tensors.Tensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(module);
        var parameters = module.named_parameters().ToList();
        var unfit = parameters
            .Where(weight => !tensors.TryGetValue(weight.name, out var tensor) || !tensor.Shape.SequenceEqual(weight.parameter.shape))
            .Select(weight => $"{weight.name} [{string.Join(", ", weight.parameter.shape)}]")
            .ToList();
        if (unfit.Count > 0)
        {
            throw new ArgumentException(
                $"{unfit.Count} weights are not in the checkpoint, or not of this shape: {string.Join("; ", unfit.Take(10))}.", nameof(tensors));
        }

        foreach (var (name, parameter) in parameters)
        {
            HostMemory.Fill(parameter, tensors[name].CopyTo);
        }
    }

    /// <summary>The weights of modules, copied one at a time, under their canonical names.</summary>
    /// <param name="modules">Float32 modules, on any device.</param>
    public static IEnumerable<Tensors.Tensor> Export(params nn.Module[] modules) =>
        modules.SelectMany(module => module.named_parameters()).Select(weight => Tensors.Tensor.From(
            weight.name, weight.parameter.shape, HostMemory.ToArray(weight.parameter)));
}
