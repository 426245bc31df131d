using MiCse.Files;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Numerics;
using MiCse.Tensors;
using MiCse.Tokenization;

namespace MiCse.Initialization;

/// <summary>
/// Makes a model with random weights, as transformers starts a pre-training: weights from N(0, 0.02²), LayerNorms 1 and 0, biases 0, the rows of the padding id 0;
/// no pooler. The same seed gives the same bytes on every machine.
/// </summary>
internal static class ModelInitializer
{
    /// <summary>Writes a model folder for a tokenizer.</summary>
    /// <param name="folder">The folder to make; it may be there when it is empty.</param>
    /// <param name="tokenizerFolder">Where the tokenizer's files are.</param>
    /// <param name="shape">The size.</param>
    /// <param name="seed">The seed of the weights.</param>
    /// <param name="words">
    /// Word vectors of the tokenizer's vocabulary, with <see cref="DimensionsOfWords"/> dimensions: the model starts as their average and is pooled by the mean. Null: fresh embeddings.
    /// </param>
    /// <param name="modelCard">The text of README.md; null writes none.</param>
    /// <param name="cancellationToken">Looked at before every tensor.</param>
    /// <returns>The number of parameters.</returns>
    /// <exception cref="ModelFormatException">No usable tokenizer in its folder, or a size that makes no model.</exception>
    /// <exception cref="ArgumentException">The word vectors belong to another vocabulary, or have another length.</exception>
    /// <exception cref="IOException">There are files in the folder already, or it cannot be written; nothing is left.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is left.</exception>
    public static long Write(
        string folder,
        string tokenizerFolder,
        ModelSize shape,
        long seed,
        WordVectors? words = null,
        string? modelCard = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(shape);
        var config = Configure(Tokenizer.Load(tokenizerFolder), shape);
        if (words is not null && (words.Count != config.VocabularySize || words.Dimensions != DimensionsOfWords(shape)))
        {
            throw new ArgumentException(
                $"The word vectors are {words.Count} × {words.Dimensions}, and this model takes {config.VocabularySize} × {DimensionsOfWords(shape)}.", nameof(words));
        }

        ModelFolderWriter.Write(
            folder,
            new ModelContent
            {
                Config = config,
                Weights = Weights(config, seed, words),
                TokenizerFolder = tokenizerFolder,
                Chain = EmbeddingChain.Of(words is null ? Pooling.ClsBeforePooler : Pooling.Mean),
                ModelCard = modelCard,
            },
            cancellationToken: cancellationToken);
        return WeightNames.CountParameters(config);
    }

    /// <summary>The length of word vectors that a model can start from: 12 below its hidden size, because LayerNorms need room to keep the length of a state.</summary>
    /// <exception cref="ArgumentException">The hidden size is not larger than that.</exception>
    public static int DimensionsOfWords(ModelSize shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        return shape.HiddenSize > AveragingWeights.FreeDimensions
            ? shape.HiddenSize - AveragingWeights.FreeDimensions
            : throw new ArgumentException(
                $"A hidden size of {shape.HiddenSize} leaves no room for word vectors, which need {AveragingWeights.FreeDimensions} dimensions beside them: take a larger one.", nameof(shape));
    }

    /// <summary>The configuration of a fresh model.</summary>
    internal static EncoderShape Configure(Tokenizer tokenizer, ModelSize shape)
    {
        var special = tokenizer.SpecialTokens;
        var family = shape.ModelType is { } type ? ModelFamily.Of(type) : ModelFamily.OfTokenizer(tokenizer.TokenOf(special.Start));
        return family.Fresh(new EncoderShape(family)
        {
            VocabularySize = tokenizer.VocabularySize,
            HiddenSize = shape.HiddenSize,
            Layers = shape.Layers,
            Heads = shape.Heads,
            IntermediateSize = shape.IntermediateSize ?? 4 * shape.HiddenSize,
            MaxPositions = shape.MaxTokens,
            PadTokenId = special.Padding,
        });
    }

    /// <summary>Fresh weights; each is drawn when it is written, from a stream of its own name.</summary>
    internal static IEnumerable<Tensor> Weights(EncoderShape config, long seed, WordVectors? words = null)
    {
        var averaging = words is null ? null : new AveragingWeights(config, words);
        return WeightNames.Required(config).Select(weight => new Tensor(weight.Name, TensorType.Float32, weight.Shape, stream =>
        {
            var elements = Elements(config, weight.Name, weight.Shape, seed);
            averaging?.Apply(weight.Name, elements);
            Tensor.From(weight.Name, weight.Shape, elements).WriteTo(stream);
        }));
    }

    private static float[] Elements(EncoderShape config, string name, long[] shape, long seed)
    {
        var elements = new float[shape.Aggregate(1L, (product, size) => product * size)];
        if (shape.Length == 1)
        {
            // The only weights with one dimension are those of LayerNorms.
            Array.Fill(elements, name.EndsWith(".weight", StringComparison.Ordinal) ? 1 : 0);
            return elements;
        }

        var numbers = new NormalNumbers(seed, name);
        for (var index = 0; index < elements.Length; index++)
        {
            elements[index] = (float)(config.InitializerRange * numbers.Next());
        }

        var padding = name == WeightNames.WordEmbeddings ? config.PadTokenId
            : name == WeightNames.PositionEmbeddings ? config.Plan.Positions?.PaddingId
            : null;
        if (padding is { } row)
        {
            elements.AsSpan(row * (int)shape[1], (int)shape[1]).Clear();
        }

        return elements;
    }
}
