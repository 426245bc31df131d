using System.Numerics.Tensors;
using MiCse.Files;
using MiCse.Numerics;
using MiCse.Vectors;

namespace MiCse.Initialization;

/// <summary>
/// A vector for every piece of a vocabulary, learnt from what stands near it: an orthonormal basis of the directions in which the positive
/// pointwise mutual information of the pieces is largest (Levy and Goldberg, 2014, with all singular values set to 1), each row scaled to length 1
/// and then weighted by how rare the piece is (smooth inverse frequency: Arora, Liang and Ma, 2017). The sum of a text's vectors is already a fair
/// embedding of it. Immutable and thread-safe.
/// </summary>
internal sealed class WordVectors
{
    private readonly EmbeddingMatrix _vectors;

    private WordVectors(EmbeddingMatrix vectors) => _vectors = vectors;

    /// <summary>Products with the matrix that are made to find its largest directions.</summary>
    public const int Products = 10;

    /// <summary>Pieces in the vocabulary.</summary>
    public int Count => _vectors.Count;

    /// <summary>Length of a vector.</summary>
    public int Dimensions => _vectors.Dimensions;

    /// <summary>The vector of a piece, of length 0 (never seen) to 1 (rare).</summary>
    public ReadOnlySpan<float> this[int id] => _vectors[id];

    /// <summary>Learns vectors; the result does not depend on the number of threads.</summary>
    /// <param name="cooccurrences">The neighbours of every piece.</param>
    /// <param name="dimensions">Length of a vector; at most the pieces that occur.</param>
    /// <param name="seed">The seed of the directions that the search starts from.</param>
    /// <param name="smoothing">
    /// The weight of a piece is smoothing / (smoothing + its share of the tokens), so that "the" counts a fiftieth of a rare word.
    /// </param>
    /// <param name="threads">Processor threads; null: all.</param>
    /// <param name="progress">Told the products done, of <see cref="Products"/>.</param>
    /// <param name="cancellationToken">Looked at at every row of a product.</param>
    /// <exception cref="ArgumentOutOfRangeException">More dimensions than pieces, or a number that makes no sense.</exception>
    /// <exception cref="DataFormatException">The text is too small to tell that many dimensions apart.</exception>
    public static WordVectors Learn(
        Cooccurrences cooccurrences,
        int dimensions,
        long seed,
        double smoothing = 1e-3,
        int? threads = null,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(cooccurrences);
        ArgumentOutOfRangeException.ThrowIfLessThan(dimensions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimensions, cooccurrences.Counts.Size);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(smoothing);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads ?? 1, 1, nameof(threads));
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads ?? Environment.ProcessorCount, CancellationToken = cancellationToken };
        var information = cooccurrences.Counts.ToPositivePointwiseMutualInformation(parallel);
        var vectors = RandomDirections(information.Size, dimensions, seed);
        for (var product = 1; product <= Products; product++)
        {
            vectors = information.Multiply(vectors, parallel);
            MakeOrthonormal(vectors, cooccurrences, parallel);
            progress?.Report(product);
        }

        return Weighted(vectors, cooccurrences.Occurrences, smoothing);
    }

    /// <summary>Vectors that were found in another way, scaled to length 1 and weighted by smooth inverse frequency.</summary>
    /// <param name="vectors">[pieces, dimensions]; changed.</param>
    /// <param name="occurrences">How often each piece occurs, by id.</param>
    /// <param name="smoothing">As for <see cref="Learn"/>.</param>
    internal static WordVectors Weighted(EmbeddingMatrix vectors, IReadOnlyList<long> occurrences, double smoothing = 1e-3)
    {
        Weigh(vectors, occurrences, smoothing);
        return new WordVectors(vectors);
    }

    private static EmbeddingMatrix RandomDirections(int count, int dimensions, long seed)
    {
        var numbers = new NormalNumbers(seed, "word vectors");
        var directions = new EmbeddingMatrix(count, dimensions);
        foreach (ref var element in directions.Values)
        {
            element = (float)numbers.Next();
        }

        return directions;
    }

    private static void MakeOrthonormal(EmbeddingMatrix vectors, Cooccurrences cooccurrences, ParallelOptions parallel)
    {
        try
        {
            OrthonormalColumns.Make(vectors, parallel);
        }
        catch (ArithmeticException cause)
        {
            var pieces = cooccurrences.Occurrences.Count(occurrences => occurrences > 0);
            throw new DataFormatException(
                cooccurrences.Source, null, $"has {pieces} different pieces, too few to learn word vectors of {vectors.Dimensions} dimensions from: take more text or a narrower model.", cause);
        }
    }

    private static void Weigh(EmbeddingMatrix vectors, IReadOnlyList<long> occurrences, double smoothing)
    {
        var total = (double)occurrences.Sum();
        for (var id = 0; id < vectors.Count; id++)
        {
            var length = TensorPrimitives.Norm<float>(vectors[id]);
            var weight = smoothing / (smoothing + (occurrences[id] / total));
            TensorPrimitives.Multiply(vectors[id], length > 0 ? (float)(weight / length) : 0, vectors[id]);
        }
    }
}
