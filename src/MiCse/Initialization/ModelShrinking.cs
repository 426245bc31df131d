using MiCse.Files;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tensors;
using MiCse.Weights;

namespace MiCse.Initialization;

/// <summary>
/// A smaller model made of a larger one: some of its layers, some of its vocabulary, some of its positions, narrower feed-forward parts. A model with fewer pieces and positions
/// alone encodes every text as before whose pieces are kept; any other is a start for training, such as distillation.
/// </summary>
internal static class ModelShrinking
{
    /// <summary>Writes a smaller model of the same width, pooling and prompts; heads are left out.</summary>
    /// <param name="folder">The folder to make; it may be there when it is empty.</param>
    /// <param name="model">The model to shrink.</param>
    /// <param name="options">What is kept.</param>
    /// <param name="cancellationToken">Looked at before every tensor.</param>
    /// <exception cref="ArgumentException">Layers that the model does not have, or more positions than it has.</exception>
    /// <exception cref="ModelFormatException">The model cannot be used.</exception>
    /// <exception cref="IOException">There are files in the folder already, or it cannot be written; nothing is left.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is left.</exception>
    public static ShrunkModel Write(string folder, ModelFolder model, ShrinkOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        Check(model, options.Layers, options.MaxTokens);
        var layers = options.Layers ?? [.. Enumerable.Range(0, model.Config.Layers)];
        using var checkpoint = model.OpenCheckpoint();
        var weights = EncoderWeights.From(checkpoint, model.Config);
        var config = Shape(model, layers, options);
        ModelFolderWriter.Write(
            folder,
            ModelContent.From(model, [.. Weights(weights, config, layers, options), .. Pooler(weights, model)]) with
            {
                Config = config,
                Tokenizer = options.Vocabulary?.Tokenizer,
                MaxTokens = Math.Min(model.MaxTokens, config.MaxTokens),
            },
            cancellationToken: cancellationToken);
        return new ShrunkModel(WeightNames.CountParameters(config), layers, config.IntermediateSize, config.VocabularySize);
    }

    /// <summary>
    /// Writes a model without layers, a weighted average of what the larger model makes of every piece by itself: the fastest model there is, and a start for distillation.
    /// </summary>
    /// <param name="folder">The folder to make; it may be there when it is empty.</param>
    /// <param name="model">The model whose pieces are encoded.</param>
    /// <param name="vocabulary">The pieces that are kept.</param>
    /// <param name="hidden">The hidden size, of which 12 dimensions are not for words (<see cref="ModelInitializer.DimensionsOfWords"/>).</param>
    /// <param name="maxTokens">The longest sequence in tokens; null: as before.</param>
    /// <param name="seed">The seed of the search for main directions, and of the rest of the weights.</param>
    /// <param name="threads">Processor threads; null: all.</param>
    /// <param name="progress">Told the pieces encoded.</param>
    /// <param name="cancellationToken">Looked at at every batch and before every tensor.</param>
    /// <exception cref="ArgumentException">A hidden size that the model's embeddings do not have.</exception>
    /// <exception cref="ModelFormatException">The model cannot be used.</exception>
    /// <exception cref="IOException">There are files in the folder already, or it cannot be written; nothing is left.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is left.</exception>
    public static ShrunkModel WriteWithoutLayers(
        string folder,
        ModelFolder model,
        VocabularyPruning vocabulary,
        int hidden,
        int? maxTokens,
        long seed,
        int? threads = null,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        Check(model, null, maxTokens);
        var shape = new ModelSize(0, hidden, 1) { MaxTokens = maxTokens ?? model.MaxTokens };
        var words = PieceEmbeddings.Of(model, vocabulary, ModelInitializer.DimensionsOfWords(shape), seed, threads, progress, cancellationToken);
        var config = ModelInitializer.Configure(vocabulary.Tokenizer, shape);
        ModelFolderWriter.Write(
            folder,
            ModelContent.From(model, ModelInitializer.Weights(config, seed, words)) with
            {
                Config = config,
                Tokenizer = vocabulary.Tokenizer,
                Chain = EmbeddingChain.Of(Pooling.Mean, model.Chain.IsNormalized),
                ModuleWeights = new Dictionary<string, Tensor>(),
                MaxTokens = shape.MaxTokens,
            },
            cancellationToken: cancellationToken);
        return new ShrunkModel(WeightNames.CountParameters(config), [], null, config.VocabularySize);
    }

    /// <summary>Layers spread evenly over a depth, the first and the last among them.</summary>
    /// <param name="depth">Layers that there are.</param>
    /// <param name="count">Layers to choose.</param>
    /// <exception cref="ArgumentOutOfRangeException">More than there are.</exception>
    public static IReadOnlyList<int> Spread(int depth, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, depth);
        return count == 1 ? [depth - 1] : [.. Enumerable.Range(0, count).Select(index => index * (depth - 1) / (count - 1))];
    }

    /// <summary>Refuses what the model does not have, before anything is read or computed.</summary>
    /// <param name="model">The model.</param>
    /// <param name="layers">The layers to keep; null: all.</param>
    /// <param name="maxTokens">The longest sequence in tokens; null: as before.</param>
    /// <exception cref="ArgumentException">Layers that the model does not have, or more positions than it has.</exception>
    public static void Check(ModelFolder model, IReadOnlyList<int>? layers, int? maxTokens)
    {
        ArgumentNullException.ThrowIfNull(model);
        var depth = model.Config.Layers;
        if (layers is not null && model.Config.Plan.SharedWeights is not null)
        {
            throw new ArgumentException($"The layers of {model.Path} share weights, so that leaving some out saves nothing: keep all.");
        }

        for (var index = 0; index < (layers?.Count ?? 0); index++)
        {
            if (layers![index] < 0 || layers[index] >= depth)
            {
                throw new ArgumentException($"There is no layer {layers[index]}: the model has {depth}, numbered from 0.");
            }

            if (index > 0 && layers[index] <= layers[index - 1])
            {
                throw new ArgumentException($"Layer {layers[index]} comes after layer {layers[index - 1]}: name every layer once, in their order.");
            }
        }

        if (maxTokens > model.Config.MaxTokens || maxTokens < 3)
        {
            throw new ArgumentException($"maximum tokens is {maxTokens} and must be from 3 to {model.Config.MaxTokens}, which the model takes.");
        }
    }

    private static EncoderShape Shape(ModelFolder model, IReadOnlyList<int> layers, ShrinkOptions options)
    {
        var config = model.Config;
        var positions = options.MaxTokens is { } tokens ? config.MaxPositions - (config.MaxTokens - tokens) : config.MaxPositions;
        config = config with { Layers = layers.Count, MaxPositions = positions, IntermediateSize = options.FeedForward?.Size ?? config.IntermediateSize };
        if (options.Vocabulary is not { } vocabulary)
        {
            return config;
        }

        var padding = vocabulary.Tokenizer.SpecialTokens.Padding;
        if (padding != config.PadTokenId && config.Plan.Positions is { PaddingId: not null })
        {
            throw new ModelFormatException(model.Path, $"counts positions from the padding token's id, {config.PadTokenId}, which would be {padding} in the pruned vocabulary: keep the vocabulary as it is");
        }

        return config with { VocabularySize = vocabulary.Kept.Count, PadTokenId = padding };
    }

    private static IEnumerable<Tensor> Weights(EncoderWeights weights, EncoderShape config, IReadOnlyList<int> layers, ShrinkOptions options)
    {
        foreach (var (name, shape) in WeightNames.Required(config))
        {
            var before = Before(name, layers);
            var source = weights[before];
            var kept = name == WeightNames.WordEmbeddings && options.Vocabulary is { } vocabulary ? source.SelectRows(vocabulary.Kept)
                : name == WeightNames.PositionEmbeddings && shape[0] < source.Shape[0] ? source.SelectRows([.. Enumerable.Range(0, (int)shape[0])])
                : options.FeedForward?.Apply(before, source) ?? source;
            yield return kept.WithName(name);
        }
    }

    private static string Before(string name, IReadOnlyList<int> layers)
    {
        if (!name.StartsWith(WeightNames.Layers, StringComparison.Ordinal))
        {
            return name;
        }

        var rest = name[WeightNames.Layers.Length..];
        var dot = rest.IndexOf('.', StringComparison.Ordinal);
        return WeightNames.Layers + layers[int.Parse(rest[..dot], System.Globalization.CultureInfo.InvariantCulture)] + rest[dot..];
    }

    // It is part of the encoder with one pooling alone.
    private static IEnumerable<Tensor> Pooler(EncoderWeights weights, ModelFolder model) =>
        weights.HasPooler && model.Chain.Poolings.Contains(Pooling.Cls)
            ? [weights[WeightNames.Pooler.Weight].WithName(WeightNames.Pooler.Weight), weights[WeightNames.Pooler.Bias].WithName(WeightNames.Pooler.Bias)]
            : [];
}

/// <summary>What a smaller model keeps of a larger one.</summary>
internal sealed record ShrinkOptions
{
    /// <summary>The layers that are kept, ascending, 0-based; null: all.</summary>
    public IReadOnlyList<int>? Layers { get; init; }

    /// <summary>The pieces that are kept; null: all.</summary>
    public VocabularyPruning? Vocabulary { get; init; }

    /// <summary>The neurons of feed-forward parts that are kept; null: all.</summary>
    public FeedForwardPruning? FeedForward { get; init; }

    /// <summary>The longest sequence in tokens; null: as before.</summary>
    public int? MaxTokens { get; init; }
}

/// <summary>A smaller model.</summary>
/// <param name="Parameters">Its number of parameters.</param>
/// <param name="Layers">The layers it has of the larger one.</param>
/// <param name="Intermediate">The neurons in the feed-forward part of each; null without layers.</param>
/// <param name="Vocabulary">The rows of its word table.</param>
internal sealed record ShrunkModel(long Parameters, IReadOnlyList<int> Layers, int? Intermediate, int Vocabulary);
