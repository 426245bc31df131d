using MiCse.Files;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tensors;
using MiCse.Tokenization;
using MiCse.Training.Batches;
using MiCse.Training.Contrastive;
using MiCse.Training.Loop;
using MiCse.Training.Native;

namespace MiCse.Training.Distillation;

/// <summary>A distillation before its first step: options, texts, student and teacher fit each other.</summary>
/// <param name="Options">With every default filled in.</param>
/// <param name="Data">What is trained on and held out.</param>
/// <param name="Plan">Everything the outcome depends on.</param>
internal sealed record DistillationSetup(DistillationOptions Options, DistillationData Data, TrainingPlan Plan)
{
    /// <summary>How the student's hidden states become an embedding.</summary>
    public required EmbeddingChain Chain { get; init; }

    /// <summary>The weights of its modules before the training.</summary>
    public required IReadOnlyDictionary<string, Tensor> ModuleWeights { get; init; }

    private const int UsualMaxTokens = 128;
    private const int WarmupPart = 20;

    /// <summary>Finds the texts, holds some out, fills the defaults in and checks that everything fits.</summary>
    /// <exception cref="ArgumentException">Options are out of range, or something does not fit; the message says how.</exception>
    /// <exception cref="DataFormatException">There are fewer texts than a batch and what is held out need.</exception>
    public static DistillationSetup For(
        DistillationOptions options, ModelFolder student, Tokenizer tokenizer, SentenceCorpus corpus, Teachers teachers, bool evaluated, CancellationToken cancellationToken)
    {
        options.Validate();
        options = options with { Device = Devices.Resolve(options.Device) };
        var maxTokens = options.MaxTokens ?? Math.Min(UsualMaxTokens, student.MaxTokens);
        var data = DistillationData.From(corpus, tokenizer, maxTokens, options.HeldOut, options.Seed, cancellationToken);
        if (options.Selection == CheckpointSelection.Score && !evaluated)
        {
            throw new ArgumentException("Selecting weights by score needs an evaluation on labelled data: give one, or select label-free or the last weights.");
        }

        if (options.Lambda > 0 && student.Config.Layers < 2)
        {
            throw new ArgumentException($"Attention mutual information compares at least two layers, and the student has {student.Config.Layers}: set lambda to 0.");
        }

        var chain = ContrastiveSetup.ChainOf(options.Pooling, student);
        var batchSize = Math.Min(options.BatchSize, data.Training.Count);
        var steps = options.Steps ?? checked(options.Epochs * BatchSampler.CountBatches(data.Training.Count, batchSize));
        var complete = options with
        {
            BatchSize = batchSize,
            Steps = steps,
            WarmupSteps = options.WarmupSteps ?? steps / WarmupPart,
            MaxTokens = maxTokens,
            HiddenDropout = options.HiddenDropout ?? (options.HasTwoViews ? student.Config.HiddenDropout : 0),
            AttentionDropout = options.AttentionDropout ?? options.HiddenDropout ?? (options.HasTwoViews ? student.Config.AttentionDropout : 0),
            Pooling = chain.Poolings[0],
            Queue = Math.Min(options.Queue, data.Texts.Count),
            HeldOut = data.HeldOut.Count,
            Selection = options.Selection ?? (evaluated ? CheckpointSelection.Score : CheckpointSelection.Last),
        };
        var plan = TrainingPlan.Of(complete, student, TrainingData.HoldOut(corpus, 0, options.Seed), evaluated);
        plan.Options["Teacher"] = teachers.Names;
        plan.Options["TeacherFingerprint"] = teachers.Fingerprint;
        plan = plan with { TrainedExamples = data.Training.Count };
        return new DistillationSetup(
            complete, data, options.WarmupSteps is null ? plan with { Extensible = [.. plan.Extensible, nameof(DistillationOptions.WarmupSteps)] } : plan)
        {
            Chain = chain,
            ModuleWeights = student.ReadModuleWeights(),
        };
    }
}
