using System.Globalization;
using System.Runtime.InteropServices;
using MiCse.Files;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tensors;
using MiCse.Weights;

namespace MiCse.Export;

/// <summary>Copies a model into a Hugging Face folder of its own, so that other tools load it and pool it rightly.</summary>
public static class ModelExport
{
    /// <summary>Writes config.json, model.safetensors, tokenizer files, modules.json with 1_Pooling, and the model card if there is one.</summary>
    /// <param name="folder">The folder to make; it may be there when it is empty.</param>
    /// <param name="model">The model to copy; what is no part of the encoder, such as a training head, is left out.</param>
    /// <param name="type">The type of the numbers: <see cref="TensorType.Float32"/> or, in half the space, <see cref="TensorType.Float16"/>.</param>
    /// <param name="modelCard">The text of README.md; null takes the model's.</param>
    /// <param name="cancellationToken">Looked at before every tensor.</param>
    /// <exception cref="ArgumentOutOfRangeException">Another type.</exception>
    /// <exception cref="ModelFormatException">The model cannot be used, or a weight is too large for the type.</exception>
    /// <exception cref="IOException">There are files in the folder already, or it cannot be written; nothing is left.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is left.</exception>
    public static void WriteSafetensors(string folder, ModelFolder model, TensorType type, string? modelCard = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (type is not (TensorType.Float32 or TensorType.Float16))
        {
            throw new ArgumentOutOfRangeException(nameof(type), type, "Weights are exported as Float32 or Float16.");
        }

        using var checkpoint = model.OpenCheckpoint();
        var weights = EncoderWeights.From(checkpoint, model.Config);
        ModelFolderWriter.Write(
            folder,
            ModelContent.From(
                model, WeightNames.Required(model.Config).Select(weight => Convert(weights[weight.Name], weight.Name, type, model.WeightsPath))) with
            {
                ModelCard = modelCard ?? ModelFolders.ModelCard.Read(model.Path),
            },
            cancellationToken: cancellationToken);
    }

    private static Tensor Convert(Tensor tensor, string name, TensorType type, string source)
    {
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
