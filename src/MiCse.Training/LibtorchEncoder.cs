using System.Numerics.Tensors;
using MiCse.Files;
using MiCse.Models;
using MiCse.Training.Model;
using MiCse.Training.Native;
using MiCse.Vectors;
using MiCse.Weights;

namespace MiCse.Training;

/// <summary>The embeddings of a <see cref="SentenceEncoder"/>'s model on libtorch, the engine of training, to compare the two engines.</summary>
public static class LibtorchEncoder
{
    /// <summary>Encodes texts in float32 as <paramref name="encoder"/> would.</summary>
    /// <param name="encoder">Says which model, tokenizer, pooling and longest sequence.</param>
    /// <param name="texts">Any strings.</param>
    /// <param name="cancellationToken">Looked at between batches.</param>
    /// <exception cref="ArgumentException">The pooling needs a head, which training alone has.</exception>
    /// <exception cref="ModelFormatException">The model has no float weights.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static EmbeddingMatrix Encode(SentenceEncoder encoder, IReadOnlyList<string> texts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(texts);
        var pooling = encoder.Pooling;
        if (pooling.Pooling == Pooling.Cls)
        {
            throw new ArgumentException("The pooling cls needs a head, which is not computed on libtorch here; compare with --pooling cls-before-pooler.");
        }

        LibTorch.Load();
        using var scope = TorchSharp.torch.NewDisposeScope();
        using var checkpoint = encoder.Folder.OpenCheckpoint();
        var module = new EncoderModule(encoder.Folder.Config, hiddenDropout: 0, attentionDropout: 0);
        CheckpointLoading.Load(module, EncoderWeights.From(checkpoint, encoder.Folder.Config));
        var embeddings = new TextEncoding(module, encoder.Tokenizer, pooling.Pooling, encoder.MaxTokens).Encode(texts, cancellationToken);
        for (var row = 0; pooling.Normalize && row < embeddings.Count; row++)
        {
            TensorPrimitives.Divide(embeddings[row], TensorPrimitives.Norm<float>(embeddings[row]), embeddings[row]);
        }

        return embeddings;
    }
}
