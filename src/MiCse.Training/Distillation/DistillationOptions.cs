using System.Text.Json.Serialization;
using MiCse.Inference;
using MiCse.Models;
using MiCse.Training.Contrastive;
using MiCse.Training.Distributed;
using MiCse.Training.Loop;
using MiCse.Training.Model;
using MiCse.Training.Optimization;

namespace MiCse.Training.Distillation;

/// <summary>How a student learns a teacher's embeddings. The loss is the sum of its terms, each times its weight; every property has a default.</summary>
internal sealed record DistillationOptions : ITrainingOptions
{
    /// <summary>Weight of 1 - cosine to the teacher's embedding. Default: 1.</summary>
    public double CosineWeight { get; init; } = 1;

    /// <summary>Weight of the squared distance to the teacher's embedding. Default: 0.</summary>
    public double L2Weight { get; init; }

    /// <summary>Weight of InfoNCE with the teacher's embedding as the match and those of other texts as the rest. Default: 0.</summary>
    public double ContrastiveWeight { get; init; }

    /// <summary>Weight of the divergence between the student's and the teacher's distributions of similarities. Default: 1.</summary>
    public double SimilarityWeight { get; init; } = 1;

    /// <summary>Weight of InfoNCE between two views of a text that differ by dropout, as SimCSE and miCSE have it. Default: 0.</summary>
    public double InfoNceWeight { get; init; }

    /// <summary>Weight λ of the attention mutual information of two views, over all common positions. Default: 0.</summary>
    public double Lambda { get; init; }

    /// <summary>Divides the student's cosines. Default: 0.05.</summary>
    public double Temperature { get; init; } = 0.05;

    /// <summary>Divides the teacher's cosines in the similarity loss. Default: 0.05.</summary>
    public double TeacherTemperature { get; init; } = 0.05;

    /// <summary>
    /// Teacher embeddings that the texts of a batch are compared with besides their own, drawn anew for each step by the seed, so that nothing of them has to be saved. Default: 16,384,
    /// or all texts when there are fewer.
    /// </summary>
    public int Queue { get; init; } = 16_384;

    /// <summary>Runs through the texts. Default: 1. Not looked at when <see cref="Steps"/> is set.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>Batches in all. Default: null, <see cref="Epochs"/> decides.</summary>
    public int? Steps { get; init; }

    /// <summary>Texts in a batch; they are of similar length. Default: 128.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>The highest learning rate. Default: 2e-4, for small students whose weights come from a teacher.</summary>
    public double LearningRate { get; init; } = 2e-4;

    /// <summary>Steps in which the learning rate rises from 0. Default: null, a twentieth of all.</summary>
    public int? WarmupSteps { get; init; }

    /// <summary>How the learning rate goes on after the warm-up. Default: it falls to 0 in a straight line.</summary>
    public LearningRateSchedule Schedule { get; init; }

    /// <summary>Decoupled weight decay; biases and LayerNorms are spared. Default: 0.01.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>A longer gradient is scaled down to this Euclidean norm. Default: 1.</summary>
    public double MaxGradientNorm { get; init; } = 1;

    /// <summary>The student's texts are truncated to this many tokens, special tokens included. Default: null, 128 or what the student takes, whichever is less.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Dropout of embeddings and layer outputs. Default: null, 0, or the student's own where two views of a text are compared.</summary>
    public double? HiddenDropout { get; init; }

    /// <summary>Dropout of attention probabilities. Default: as <see cref="HiddenDropout"/>.</summary>
    public double? AttentionDropout { get; init; }

    /// <summary>How hidden states become the embedding. Default: null, what the student's folder says.</summary>
    public Pooling? Pooling { get; init; }

    /// <summary>Texts that are not trained on, drawn by the seed; the student is measured on them. Default: null, 5 % and at most 1,000.</summary>
    public int? HeldOut { get; init; }

    /// <summary>
    /// Which weights are kept: with the best score, with the highest mean cosine to the teacher on held-out texts (label-free), or the last. Default: null, the best score when there
    /// is an evaluation, else the last.
    /// </summary>
    public CheckpointSelection? Selection { get; init; }

    /// <summary>Steps between evaluations; there is always one after the last step. Default: 500.</summary>
    public int EvaluateEvery { get; init; } = 500;

    /// <summary>Steps between checkpoints. Default: 500. Cancelling saves one too.</summary>
    public int SaveEvery { get; init; } = 500;

    /// <summary>Decides every random number. Default: 42.</summary>
    public long Seed { get; init; } = 42;

    /// <summary>Arithmetic of the linear layers. Default: 32-bit.</summary>
    public Precision Precision { get; init; } = Precision.Float32;

    /// <summary>Where it is trained. Default: the processor. On a GPU, <see cref="Model.Precision.BFloat16"/> is the precision of hidden states too.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] // a training that was interrupted before there was a choice can be resumed
    public ComputeDevice Device { get; init; }

    /// <summary>
    /// The parts of neighbours that a batch goes through the model in, one at a time, so that it may be larger than memory, or shared by that many ranks of
    /// <see cref="ICollective"/>. Every part has its own padding and random numbers, and attention mutual information is the mean over the parts; the loss is still that of the whole batch. Default: 1, all of it at once.
    /// </summary>
    public int Slices { get; init; } = 1;

    /// <summary>Processor threads. Default: null, all cores; a resumed training takes as many as the one it continues.</summary>
    public int? Threads { get; init; }

    /// <summary>Whether texts go through the student twice, with different dropout.</summary>
    internal bool HasTwoViews => InfoNceWeight > 0 || Lambda > 0;

    /// <summary>How often a text goes through the student.</summary>
    internal int Views => HasTwoViews ? 2 : 1;

    /// <summary>Whether other texts than a text's own take part in the loss.</summary>
    internal bool Compares => ContrastiveWeight > 0 || SimilarityWeight > 0;

    int ITrainingOptions.Steps => Steps!.Value;

    int ITrainingOptions.WarmupSteps => WarmupSteps!.Value;

    int ITrainingOptions.MaxTokens => MaxTokens!.Value;

    /// <summary>Checks all values.</summary>
    /// <exception cref="ArgumentException">Lists everything that is out of range.</exception>
    public void Validate()
    {
        var problems = new OptionProblems("distillation options");
        problems.RequireLoop(
            Epochs, Steps, LearningRate, WarmupSteps, Schedule, WeightDecay, MaxGradientNorm, MaxTokens, HiddenDropout, AttentionDropout, EvaluateEvery, SaveEvery, Threads, Slices);
        foreach (var (name, weight) in new[]
        {
            ("cosine weight", CosineWeight), ("L2 weight", L2Weight), ("contrastive weight", ContrastiveWeight), ("similarity weight", SimilarityWeight),
            ("InfoNCE weight", InfoNceWeight), ("lambda", Lambda),
        })
        {
            problems.Require(weight >= 0 && double.IsFinite(weight), $"{name} is {weight} and must be 0 or more");
        }

        problems.Require(CosineWeight + L2Weight + ContrastiveWeight + SimilarityWeight > 0, $"cosine weight is {CosineWeight}, and nothing else looks at the teacher: give one of its losses a weight");
        problems.Require(Temperature > 0 && double.IsFinite(Temperature), $"temperature is {Temperature} and must be more than 0");
        problems.Require(TeacherTemperature > 0 && double.IsFinite(TeacherTemperature), $"teacher temperature is {TeacherTemperature} and must be more than 0");
        problems.Require(Queue >= 2, $"queue is {Queue} and must be at least 2");
        problems.RequireFilledSlices(Slices, BatchSize);
        problems.Require(BatchSize >= 2, $"batch size is {BatchSize} and must be at least 2");
        problems.Require(Pooling != Models.Pooling.Cls, $"pooling Cls has a head, which is not trained here: take ClsBeforePooler");
        problems.Require(HeldOut is null or >= 0, $"held out is {HeldOut} and must be 0 or more");
        problems.Require(Selection != CheckpointSelection.LabelFree || HeldOut != 0, $"held out is {HeldOut} and label-free selection needs at least 1");
        problems.ThrowIfAny();
    }
}
