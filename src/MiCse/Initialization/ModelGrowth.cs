using MiCse.Files;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tensors;
using MiCse.Weights;

namespace MiCse.Initialization;

/// <summary>
/// Puts layers on top of an encoder without changing what it computes: a small model is trained quickly, and a deeper one goes on from it. The new layers
/// add nothing at first, because their output weights are 0. The last LayerNorm's scale and shift move to the new last layer, and the LayerNorms between
/// leave a normalised state as it is; so growing a model without layers, a bag of word embeddings, is exact too.
/// </summary>
internal static class ModelGrowth
{
    /// <summary>Writes a deeper model of the same width, heads and vocabulary; poolers and heads are left out.</summary>
    /// <param name="folder">The folder to make; it may be there when it is empty.</param>
    /// <param name="model">The model to grow.</param>
    /// <param name="layers">Layers in all, more than the model has.</param>
    /// <param name="seed">The seed of the new layers' weights.</param>
    /// <param name="cancellationToken">Looked at before every tensor.</param>
    /// <returns>The number of parameters.</returns>
    /// <exception cref="ArgumentException">Not more layers than the model has.</exception>
    /// <exception cref="ModelFormatException">The model cannot be used.</exception>
    /// <exception cref="IOException">There are files in the folder already, or it cannot be written; nothing is left.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is left.</exception>
    public static long Write(string folder, ModelFolder model, int layers, long seed, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (layers <= model.Config.Layers)
        {
            throw new ArgumentException($"The model has {model.Config.Layers} layers already, and growing it to {layers} adds none: ask for more.", nameof(layers));
        }

        if (model.Config.Plan.SharedWeights is not null)
        {
            throw new ModelFormatException(
                model.Path, $"is of the type {model.Config.ModelType}, whose layers share their weights, so that no layer can be added without changing the others");
        }

        using var checkpoint = model.OpenCheckpoint();
        var weights = EncoderWeights.From(checkpoint, model.Config);
        var config = model.Config with { Layers = layers };
        ModelFolderWriter.Write(
            folder,
            ModelContent.From(model, Weights(weights, config, seed)) with { Config = config },
            cancellationToken: cancellationToken);
        return WeightNames.CountParameters(config);
    }

    internal static IEnumerable<Tensor> Weights(EncoderWeights weights, EncoderShape config, long seed)
    {
        var before = WeightNames.LastNorm(weights.Config);
        var after = WeightNames.LastNorm(config);
        return ModelInitializer.Weights(config, seed).Select(fresh =>
        {
            if (fresh.Name == after.Weight || fresh.Name == after.Bias)
            {
                return weights[fresh.Name == after.Weight ? before.Weight : before.Bias].WithName(fresh.Name);
            }

            if (fresh.Name == before.Weight || fresh.Name == before.Bias)
            {
                return fresh; // Scale 1 and shift 0.
            }

            if (weights.Tensors.TryGetValue(fresh.Name, out var kept))
            {
                return kept.WithName(fresh.Name);
            }

            return WeightNames.IsOutputOfLayer(fresh.Name)
                ? Tensor.From(fresh.Name, fresh.Shape, new float[fresh.Shape.Aggregate(1L, (product, size) => product * size)])
                : fresh;
        });
    }
}
