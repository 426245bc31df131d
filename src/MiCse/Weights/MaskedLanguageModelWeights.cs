using MiCse.Checkpoints;
using MiCse.Files;
using MiCse.Models;
using MiCse.Tensors;

namespace MiCse.Weights;

/// <summary>The masked-language-model head that a checkpoint holds beside its encoder. Its decoder is taken to be the word embeddings.</summary>
internal static class MaskedLanguageModelWeights
{
    /// <summary>The head's weights under the names of <see cref="WeightNames"/>; null when the checkpoint has none that its family knows.</summary>
    /// <exception cref="ModelFormatException">A part of the head is missing or of another shape.</exception>
    public static IReadOnlyDictionary<string, Tensor>? Find(Checkpoint checkpoint, EncoderShape config)
    {
        var names = config.Family.NamesOf(config).MaskedLanguageModelHead?.All.ToList() ?? [];
        var found = names
            .Select(name => (name.Canonical, Tensor: checkpoint.Tensors.GetValueOrDefault(name.File) ?? checkpoint.Tensors.GetValueOrDefault(CheckpointNames.OldNormName(name.File))))
            .Where(weight => weight.Tensor is not null)
            .ToDictionary(weight => weight.Canonical, weight => weight.Tensor!);
        if (found.Count == 0)
        {
            return null;
        }

        var problems = names
            .Where(name => !found.TryGetValue(name.Canonical, out var tensor) || !tensor.Shape.SequenceEqual(Shape(name.Canonical, config)))
            .Select(name => $"{name.File} {TensorShape.Describe(Shape(name.Canonical, config))}")
            .ToList();
        return problems.Count == 0
            ? found
            : throw new ModelFormatException(
                checkpoint.Path, $"has a masked-language-model head in which these weights are missing or of another shape: {string.Join("; ", problems)}");
    }

    private static long[] Shape(string canonical, EncoderShape config) =>
        canonical == WeightNames.MaskedLanguageModelTransform.Weight ? [config.Plan.EmbeddingSize ?? config.HiddenSize, config.HiddenSize]
        : canonical == WeightNames.MaskedLanguageModelDecoder.Bias ? [config.VocabularySize]
        : [config.Plan.EmbeddingSize ?? config.HiddenSize];
}
