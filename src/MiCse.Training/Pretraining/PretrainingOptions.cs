using System.Text.Json.Serialization;
using MiCse.Inference;
using MiCse.Models;
using MiCse.Training.Distributed;
using MiCse.Training.Loop;
using MiCse.Training.Model;
using MiCse.Training.Optimization;

namespace MiCse.Training.Pretraining;

/// <summary>
/// How an encoder is pretrained by masked language modelling. The defaults suit a small model that starts from fresh weights; every
/// property says otherwise.
/// </summary>
public sealed record PretrainingOptions : ITrainingOptions
{
    private const int UsualMaxTokens = 128;

    /// <summary>Whether all tokens of a word are masked together instead of each by itself. Default: false.</summary>
    public bool WholeWords { get; init; }

    /// <summary>Runs through the data. Default: 1. Not looked at when <see cref="Steps"/> is set.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>Batches in all. Default: null, <see cref="Epochs"/> decides.</summary>
    public int? Steps { get; init; }

    /// <summary>
    /// Tokens in a batch, padding included: it holds as many texts of similar length as fit. Default: 4,096, some 140 sentences of an encyclopedia.
    /// </summary>
    public int BatchTokens { get; init; } = 4096;

    /// <summary>The highest learning rate. Default: 5e-4, for small models with fresh weights; 5e-5 to continue from a pretrained BERT-base.</summary>
    public double LearningRate { get; init; } = 5e-4;

    /// <summary>Steps in which the learning rate rises from 0. Default: null, a twentieth of all.</summary>
    public int? WarmupSteps { get; init; }

    /// <summary>How the learning rate goes on after the warm-up. Default: it falls to 0 in a straight line.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] // a training that was interrupted before there was a choice can be resumed
    public LearningRateSchedule Schedule { get; init; }

    /// <summary>Decoupled weight decay; biases and LayerNorms are spared. Default: 0.01.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>A longer gradient is scaled down to this Euclidean norm. Default: 1.</summary>
    public double MaxGradientNorm { get; init; } = 1;

    /// <summary>Texts are truncated to this many tokens, special tokens included. Default: null, 128 or what the model takes, whichever is less.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Dropout of embeddings and layer outputs. Default: null, the model's (0.1 in BERT).</summary>
    public double? HiddenDropout { get; init; }

    /// <summary>Dropout of attention probabilities. Default: null, the model's (0.1 in BERT).</summary>
    public double? AttentionDropout { get; init; }

    /// <summary>
    /// The pooling that is written into the folder and that evaluations use. Default: the mean, because nothing has trained [CLS] to stand for a
    /// sentence. <see cref="Models.Pooling.Cls"/> is not offered.
    /// </summary>
    public Pooling Pooling { get; init; } = Pooling.Mean;

    /// <summary>
    /// Examples that are not trained on, drawn by the seed; at each evaluation the loss on them is measured, with the same tokens masked. 0 for none.
    /// Default: null, 5 % of the data and at most 2,000.
    /// </summary>
    public int? HeldOut { get; init; }

    /// <summary>
    /// Steps between evaluations; there is always one after the last step. Default: 500. Read only with an evaluation or held-out examples.
    /// </summary>
    public int EvaluateEvery { get; init; } = 500;

    /// <summary>Steps between checkpoints. Default: 500. Cancelling saves one too.</summary>
    public int SaveEvery { get; init; } = 500;

    /// <summary>Decides every random number. Default: 42.</summary>
    public long Seed { get; init; } = 42;

    /// <summary>Arithmetic of the linear layers and the token scores. Default: 32-bit.</summary>
    public Precision Precision { get; init; } = Precision.Float32;

    /// <summary>Where it is trained. Default: the processor. On a GPU, <see cref="Model.Precision.BFloat16"/> is the precision of hidden states too.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] // a training that was interrupted before there was a choice can be resumed
    public ComputeDevice Device { get; init; }

    /// <summary>
    /// The parts of neighbours that a batch goes through the model in, one at a time, so that it may be larger than memory, or shared by that many ranks of
    /// <see cref="ICollective"/>. Every part has its own padding and random numbers; the loss is still that of the whole batch. Default: 1, all of it at once.
    /// </summary>
    public int Slices { get; init; } = 1;

    /// <summary>Processor threads. Default: null, all cores; a resumed pretraining takes as many as the one it continues.</summary>
    public int? Threads { get; init; }

    int ITrainingOptions.Steps => Steps!.Value;

    int ITrainingOptions.WarmupSteps => WarmupSteps!.Value;

    int ITrainingOptions.MaxTokens => MaxTokens!.Value;

    /// <summary>Checks all values.</summary>
    /// <exception cref="ArgumentException">Lists everything that is out of range.</exception>
    public void Validate()
    {
        var problems = new OptionProblems("pretraining options");
        problems.RequireLoop(
            Epochs, Steps, LearningRate, WarmupSteps, Schedule, WeightDecay, MaxGradientNorm, MaxTokens, HiddenDropout, AttentionDropout, EvaluateEvery, SaveEvery, Threads, Slices);
        problems.Require(BatchTokens > 0, $"batch tokens is {BatchTokens} and must be at least 1");
        problems.Require(Pooling != Pooling.Cls, $"pooling Cls needs a head that pretraining does not make: take another");
        problems.Require(HeldOut is null or >= 0, $"held out is {HeldOut} and must be 0 or more");
        problems.ThrowIfAny();
    }

    /// <summary>The longest sequence for a model that takes <paramref name="modelMaxTokens"/>.</summary>
    internal int MaxTokensFor(int modelMaxTokens) => MaxTokens ?? Math.Min(UsualMaxTokens, modelMaxTokens);
}
