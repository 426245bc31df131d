using MiCse.Files;
using MiCse.Inference;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Numerics;
using MiCse.Tensors;
using MiCse.Tokenization;
using MiCse.Vectors;

namespace MiCse.Initialization;

/// <summary>
/// What a model makes of every piece of a vocabulary by itself, as the start of a model without layers (Model2Vec): the piece between start and end token is encoded, the
/// embeddings are projected onto their main directions, and a piece counts the less the more often it occurs.
/// </summary>
internal static class PieceEmbeddings
{
    private const int PiecesPerBatch = 256;

    /// <summary>Encodes the pieces.</summary>
    /// <param name="model">The model that encodes.</param>
    /// <param name="vocabulary">The pieces that are kept.</param>
    /// <param name="dimensions">Length of a vector; at most the model's hidden size.</param>
    /// <param name="seed">The seed of the search for the main directions.</param>
    /// <param name="threads">Processor threads; null: all.</param>
    /// <param name="progress">Told the pieces encoded.</param>
    /// <param name="cancellationToken">Stops within a batch.</param>
    /// <exception cref="ArgumentException">The embeddings do not have so many directions.</exception>
    /// <exception cref="ModelFormatException">The model cannot be used.</exception>
    public static WordVectors Of(
        ModelFolder model, VocabularyPruning vocabulary, int dimensions, long seed, int? threads, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        if (dimensions > model.Config.HiddenSize)
        {
            throw new ArgumentException($"The model's embeddings have {model.Config.HiddenSize} dimensions, of which {dimensions} cannot be kept: take a smaller hidden size.");
        }

        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads ?? Environment.ProcessorCount, CancellationToken = cancellationToken };
        var embeddings = Encode(model, vocabulary, parallel, progress);
        try
        {
            var vectors = PrincipalDirections.Project(embeddings, dimensions, seed, parallel);

            // They are in every text, or in none, and say nothing about it.
            var special = vocabulary.Tokenizer.SpecialTokens;
            foreach (var id in new[] { special.Start, special.End, special.Padding, special.Mask ?? special.Padding })
            {
                vectors[id].Clear();
            }

            return WordVectors.Weighted(vectors, vocabulary.Occurrences);
        }
        catch (ArithmeticException cause)
        {
            throw new ArgumentException($"The embeddings of {embeddings.Count} pieces do not vary along {dimensions} directions: take a smaller hidden size.", cause);
        }
    }

    /// <summary>What the model makes of each kept piece by itself. [pieces, hidden]</summary>
    internal static EmbeddingMatrix Encode(ModelFolder model, VocabularyPruning vocabulary, ParallelOptions parallel, IProgress<long>? progress)
    {
        using var source = WeightSource.Open(model, EncoderPrecision.Float32);
        using var engine = new CpuEngine(
            source.Weights, model.Chain with { Modules = [] }, new Dictionary<string, Tensor>(), parallel.MaxDegreeOfParallelism, source.Precision);
        var special = Tokenizer.Load(model.TransformerPath).SpecialTokens;
        var embeddings = new EmbeddingMatrix(vocabulary.Kept.Count, engine.Dimensions);
        var done = 0;
        foreach (var pieces in vocabulary.Kept.Chunk(PiecesPerBatch))
        {
            var batch = engine.EncodeAsync([.. pieces.Select(id => new TokenizedText([special.Start, id, special.End], false))], engine.Workers, parallel.CancellationToken).AsTask().GetAwaiter().GetResult();
            batch.Values.CopyTo(embeddings.Values[(done * engine.Dimensions)..]);
            progress?.Report(done += pieces.Length);
        }

        return embeddings;
    }
}
