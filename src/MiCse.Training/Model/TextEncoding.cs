using MiCse.Models;
using MiCse.Tokenization;
using MiCse.Vectors;
using static TorchSharp.torch;

namespace MiCse.Training.Model;

/// <summary>Texts → embeddings with an encoder that is being trained, without dropout and head.</summary>
/// <param name="encoder">The encoder.</param>
/// <param name="modules">What follows the poolings; null for nothing.</param>
/// <param name="poolings">The poolings.</param>
/// <param name="tokenize">Text → tokens.</param>
/// <param name="padding">The id that fills sequences up.</param>
/// <param name="context">Where tensors are allocated.</param>
internal sealed class TextEncoding(
    EncoderModule encoder, ChainModule? modules, IReadOnlyList<Pooling> poolings, Func<string, TokenizedText> tokenize, int padding, TorchContext context)
{
    private const int TextsPerBatch = 64;

    private readonly BatchEncoding _batches = new(encoder, modules, poolings, padding, context);

    /// <summary>Embeddings in input order. Changes neither weights nor random numbers.</summary>
    public EmbeddingMatrix Encode(IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        var sequences = texts.Select(tokenize).ToArray();
        EmbeddingMatrix? embeddings = null;
        encoder.eval();
        modules?.eval();
        try
        {
            using var inference = inference_mode();
            foreach (var rows in Enumerable.Range(0, texts.Count).OrderBy(row => sequences[row].Ids.Length).Chunk(TextsPerBatch))
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                var vectors = _batches.Encode([.. rows.Select(row => sequences[row])]); // [sequences, size]
                var pooled = HostMemory.ToArray(vectors);
                embeddings ??= new EmbeddingMatrix(texts.Count, (int)vectors.shape[1]);
                for (var index = 0; index < rows.Length; index++)
                {
                    pooled.AsSpan(index * embeddings.Dimensions, embeddings.Dimensions).CopyTo(embeddings[rows[index]]);
                }
            }
        }
        finally
        {
            encoder.train();
            modules?.train();
        }

        return embeddings ?? new EmbeddingMatrix(0, encoder.Config.HiddenSize);
    }
}
