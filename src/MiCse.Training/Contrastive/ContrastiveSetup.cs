using MiCse.Files;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tensors;
using MiCse.Tokenization;
using MiCse.Training.Batches;
using MiCse.Training.Loop;
using MiCse.Training.Model;
using MiCse.Training.Native;

namespace MiCse.Training.Contrastive;

/// <summary>A contrastive training before its first step: options, data and model fit each other.</summary>
/// <param name="Options">With every default filled in: layers, dropouts, pooling, steps, held-out examples and selection are set.</param>
/// <param name="Data">What is trained on and held out.</param>
/// <param name="Plan">Everything the outcome depends on.</param>
internal sealed record ContrastiveSetup(TrainingOptions Options, TrainingData Data, TrainingPlan Plan)
{
    /// <summary>What is trained after the encoder, and written into the folder in the end: its poolings and modules.</summary>
    public required EmbeddingChain Chain { get; init; }

    /// <summary>The weights of the chain's modules at the start.</summary>
    public required IReadOnlyDictionary<string, Tensor> ModuleWeights { get; init; }

    private const int MostHeldOutByDefault = 256;
    private const int FewestHeldOutByDefault = 64;

    /// <summary>Holds examples out, fills the defaults in and checks that everything fits.</summary>
    /// <param name="options">As they were given.</param>
    /// <param name="model">What the training starts from.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="corpus">The data.</param>
    /// <param name="evaluated">Whether there is an evaluation on labelled data.</param>
    /// <param name="modelSha256">The model's hash where another plan has it already.</param>
    /// <exception cref="ArgumentException">Options are out of range, or something does not fit; the message says how.</exception>
    /// <exception cref="DataFormatException">There are not as many different examples as are to be held out, or no batch is left.</exception>
    /// <exception cref="ModelFormatException">The model has fewer layers than the range.</exception>
    public static ContrastiveSetup For(
        TrainingOptions options, ModelFolder model, Tokenizer tokenizer, SentenceCorpus corpus, bool evaluated, string? modelSha256 = null)
    {
        options.Validate();
        options = options with { Device = Devices.Resolve(options.Device) };
        var data = HoldOut(corpus, options);
        if (options.MaskedLanguageModelWeight > 0 && tokenizer.SpecialTokens.Mask is null)
        {
            throw new ArgumentException("Masked language modelling needs a mask token, and the model's vocabulary has none: set its weight to 0.");
        }

        if (options.Selection == CheckpointSelection.Score && !evaluated)
        {
            throw new ArgumentException("Selecting weights by score needs an evaluation on labelled data: give one, or select label-free or the last weights.");
        }

        var chain = ChainOf(options.Pooling, model);
        var complete = options with
        {
            Layers = Layers(options, model.Config),
            HiddenDropout = options.HiddenDropout ?? model.Config.HiddenDropout,
            AttentionDropout = options.AttentionDropout ?? model.Config.AttentionDropout,
            Pooling = chain.Poolings[0],
            Steps = options.Steps ?? checked(options.Epochs * BatchSampler.CountBatches(data.Count, options.BatchSize)),
            HeldOut = data.HeldOut.Count,
            Selection = options.Selection ?? (evaluated ? CheckpointSelection.Score : CheckpointSelection.Last),
        };
        return new ContrastiveSetup(complete, data, TrainingPlan.Of(complete, model, data, evaluated, modelSha256))
        {
            Chain = chain,
            ModuleWeights = model.ReadModuleWeights(),
        };
    }

    /// <summary>Holds examples out as the options say.</summary>
    /// <exception cref="DataFormatException">There are not as many different examples, or no batch is left.</exception>
    public static TrainingData HoldOut(SentenceCorpus corpus, TrainingOptions options)
    {
        var heldOut = options.HeldOut ?? DefaultHeldOut(corpus.Examples.Count, options.Selection == CheckpointSelection.LabelFree);
        var batchSize = options.BatchSize;
        var data = TrainingData.HoldOut(corpus, heldOut, options.Seed);
        if (data.Count < batchSize)
        {
            var without = heldOut == 0 ? "" : $" without the {heldOut} that are held out";
            string[] remedies =
            [
                .. data.Count < TrainingOptions.SmallestBatch ? [] : new[] { $"set the batch size to {data.Count} or less" },
                .. heldOut == 0 ? [] : new[] { "hold out fewer" },
                "add sentences",
            ];
            throw new DataFormatException(
                corpus.Name,
                null,
                $"has {data.Count} {(data.Count == 1 ? "sentence" : "sentences")}{without}, fewer than the batch size {batchSize}: "
                + $"{string.Join(", ", remedies[..^1])}{(remedies.Length > 1 ? ", or " : "")}{remedies[^1]}.");
        }

        return data;
    }

    private static int DefaultHeldOut(int examples, bool needed)
    {
        var share = Math.Min(MostHeldOutByDefault, examples / 20);
        return share >= FewestHeldOutByDefault ? share : needed ? Math.Clamp(examples / 5, 2, FewestHeldOutByDefault) : 0;
    }

    // The reference trains [CLS] through a head and removes it.
    internal static EmbeddingChain ChainOf(Pooling? given, ModelFolder model)
    {
        var chain = given is { } pooling ? model.Chain.With(pooling)
            : model.Chain.Poolings is [Pooling.Cls] ? model.Chain.With(Pooling.ClsBeforePooler)
            : model.Chain;
        if (!chain.IsKnownToSentenceTransformers && chain.Weights.Any())
        {
            throw new ArgumentException($"Pooling is {chain.Poolings.Name()}, which no folder can say before the modules that {model.Path} has: take cls-before-pooler, mean or what the folder says.");
        }

        try
        {
            chain.SizeAfter(chain.PooledSize(model.Config.HiddenSize));
            return chain;
        }
        catch (ArgumentException unfit)
        {
            throw new ArgumentException($"Pooling is {chain.Poolings.Name()}, but {unfit.Message} in {model.Path}.", unfit);
        }
    }

    private static LayerRange? Layers(TrainingOptions options, EncoderShape config)
    {
        if (options.Method == TrainingMethod.SimCse)
        {
            return null;
        }

        if (config.Layers < 2)
        {
            throw new ArgumentException($"The miCSE loss compares at least two layers, and the model has {config.Layers}: take the method SimCse.");
        }

        var layers = options.Layers ?? LayerRange.Default(config.Layers);
        layers.Validate(config.Layers);
        return layers;
    }
}
