using MiCse.Files;
using MiCse.Models;
using MiCse.Training.Native;
using MiCse.Vectors;

namespace MiCse.Training.Model;

/// <summary>
/// The embeddings of a <see cref="SentenceEncoder"/>'s model on libtorch, the engine of training, to compare the two engines. Calls wait for each other
/// and for trainings in the same process, because loading a model draws from libtorch's random numbers, which belong to all of it.
/// </summary>
internal static class LibtorchEncoder
{
    /// <summary>Encodes texts in float32 as <paramref name="encoder"/> would.</summary>
    /// <param name="encoder">Says which model, tokenizer, pooling and longest sequence.</param>
    /// <param name="texts">Any strings.</param>
    /// <param name="cancellationToken">Checked between batches.</param>
    /// <exception cref="ArgumentException">The pooling needs a head, which training alone has.</exception>
    /// <exception cref="ModelFormatException">The model has no float weights.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static EmbeddingMatrix Encode(SentenceEncoder encoder, IReadOnlyList<string> texts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(texts);
        if (encoder.Chain.Poolings.Contains(Pooling.Cls))
        {
            throw new ArgumentException("The pooling cls needs a head, which is not computed on libtorch here; compare with --pooling cls-before-pooler.");
        }

        return LibTorch.RunExclusively(() =>
        {
            using var scope = TorchSharp.torch.NewDisposeScope();
            using var checkpoint = encoder.Folder.OpenCheckpoint();
            var context = TorchContext.Cpu();
            using var model = TrainableModel.Load(
                checkpoint,
                encoder.Folder.Config,
                context,
                hiddenDropout: 0,
                attentionDropout: 0,
                chain: (encoder.Chain.Modules, encoder.Folder.ReadModuleWeights()));
            return new TextEncoding(model.Encoder, model.Chain, encoder.Chain.Poolings, encoder.Tokenize, encoder.Tokenizer.SpecialTokens.Padding, context)
                .Encode(texts, cancellationToken);
        });
    }
}
