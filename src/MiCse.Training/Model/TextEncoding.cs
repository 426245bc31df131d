using MiCse.Models;
using MiCse.Tokenization;
using MiCse.Vectors;
using static TorchSharp.torch;

namespace MiCse.Training.Model;

/// <summary>Texts → embeddings with an encoder that is being trained, without dropout and head.</summary>
internal sealed class TextEncoding(EncoderModule encoder, Tokenizer tokenizer, Pooling pooling, int maxTokens, TorchContext context)
{
    private const int TextsPerBatch = 64;

    /// <summary>Embeddings in input order. Changes neither weights nor random numbers.</summary>
    public EmbeddingMatrix Encode(IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        var sequences = texts.Select(text => tokenizer.Tokenize(text, maxTokens).Ids).ToArray();
        var embeddings = new EmbeddingMatrix(texts.Count, encoder.Config.HiddenSize);
        encoder.eval();
        try
        {
            using var inference = inference_mode();
            foreach (var rows in Enumerable.Range(0, texts.Count).OrderBy(row => sequences[row].Length).Chunk(TextsPerBatch))
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                var tokens = new TokenBatch([.. rows.Select(row => sequences[row])], tokenizer.SpecialTokens.Padding);
                var mask = tokens.MaskTensor(context);
                var output = encoder.Forward(tokens.IdTensor(context), mask, hiddenStates: TensorPooling.NeedsHiddenStates(pooling));
                var pooled = HostMemory.ToArray(TensorPooling.Pool(output, mask, pooling)); // [sequences, hidden]
                for (var index = 0; index < rows.Length; index++)
                {
                    pooled.AsSpan(index * embeddings.Dimensions, embeddings.Dimensions).CopyTo(embeddings[rows[index]]);
                }
            }
        }
        finally
        {
            encoder.train();
        }

        return embeddings;
    }
}
