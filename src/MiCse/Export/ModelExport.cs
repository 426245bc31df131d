using System.Globalization;
using System.Runtime.InteropServices;
using MiCse.Checkpoints;
using MiCse.Files;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tensors;
using MiCse.Weights;

namespace MiCse.Export;

/// <summary>Copies a model into a Hugging Face folder of its own, so that other tools load it and pool it rightly.</summary>
public static class ModelExport
{
    /// <summary>
    /// Writes config.json, model.safetensors, tokenizer files, modules.json with the folders of its modules, prompts, and the model card if there is one. A pooler is
    /// kept, and a training head that the pooling uses; what belongs to other tasks is left out.
    /// </summary>
    /// <param name="folder">The folder to make; it may be there when it is empty.</param>
    /// <param name="model">The model to copy.</param>
    /// <param name="type">The type of the numbers: <see cref="TensorType.Float32"/> or, in half the space, <see cref="TensorType.Float16"/>.</param>
    /// <param name="modelCard">The text of README.md; null takes the model's.</param>
    /// <param name="cancellationToken">Looked at before every tensor.</param>
    /// <returns>The names of tensors of the model that are left out.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Another type.</exception>
    /// <exception cref="ModelFormatException">The model cannot be used, or a weight is not a finite number or too large for the type.</exception>
    /// <exception cref="IOException">There are files in the folder already, or it cannot be written; nothing is left.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is left.</exception>
    public static IReadOnlyList<string> WriteSafetensors(
        string folder, ModelFolder model, TensorType type, string? modelCard = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (type is not (TensorType.Float32 or TensorType.Float16))
        {
            throw new ArgumentOutOfRangeException(nameof(type), type, "Weights are exported as Float32 or Float16.");
        }

        var card = modelCard ?? ModelCard.Read(model.Path);
        using var checkpoint = model.OpenCheckpoint();
        if (model.Static is not null)
        {
            return StaticFolderWriter.Write(folder, model, checkpoint, tensor => Convert(tensor, tensor.Name, type, model.WeightsPath), card, cancellationToken);
        }

        var weights = EncoderWeights.From(checkpoint, model.Config);
        var names = Names(model, weights);
        ModelFolderWriter.Write(
            folder,
            ModelContent.From(model, names.Select(name => Convert(weights[name], name, type, model.WeightsPath))) with { ModelCard = card },
            cancellationToken: cancellationToken);
        return LeftOut(model, checkpoint, names);
    }

    /// <summary>The names of tensors of a checkpoint that are none of some weights.</summary>
    internal static IReadOnlyList<string> LeftOut(ModelFolder model, Checkpoint checkpoint, IEnumerable<string> names) =>
        new CheckpointNames(checkpoint.HasCanonicalNames ? WeightMap.Identity : model.Config.Family.Names).LeftOut(checkpoint.Path, checkpoint.Tensors, names.ToHashSet());

    private static List<string> Names(ModelFolder model, EncoderWeights weights)
    {
        var usesHead = model.Chain.Poolings.Any(pooling => PoolingFormula.Of(pooling).HasHead);
        return
        [
            .. WeightNames.Required(model.Config).Select(weight => weight.Name),
            .. WeightNames.Optional(model.Config)
                .Where(part => weights.Tensors.ContainsKey(part.Module.Weight) && (usesHead || part.Module != WeightNames.ProjectionHead))
                .SelectMany(part => (string[])[part.Module.Weight, part.Module.Bias]),
        ];
    }

    private static Tensor Convert(Tensor tensor, string name, TensorType type, string source)
    {
        if (Array.FindIndex(tensor.ToSingles(), value => !float.IsFinite(value)) is >= 0 and var broken)
        {
            throw new ModelFormatException(source, string.Create(CultureInfo.InvariantCulture, $"'{name}' holds {tensor.ToSingles()[broken]} at {broken}, so the weights are damaged; fetch or train the model again."));
        }

        if (tensor.Type == type)
        {
            return tensor.WithName(name);
        }

        return type == TensorType.Float32
            ? new Tensor(name, type, tensor.Shape, stream => stream.Write(MemoryMarshal.AsBytes<float>(tensor.ToSingles())))
            : new Tensor(name, type, tensor.Shape, stream => stream.Write(MemoryMarshal.AsBytes<Half>(ToHalves(tensor, name, source))));
    }

    private static Half[] ToHalves(Tensor tensor, string name, string source)
    {
        var singles = tensor.ToSingles();
        var halves = Array.ConvertAll(singles, value => (Half)value);
        var lost = Array.FindIndex(halves, value => !Half.IsFinite(value));
        return lost < 0
            ? halves
            : throw new ModelFormatException(
                source, string.Create(CultureInfo.InvariantCulture, $"'{name}' holds {singles[lost]:R}, and float16 ends at 65,504: export float32 instead."));
    }
}
