using System.Text.Json.Serialization;
using MiCse.Inference;
using MiCse.Models;
using MiCse.Training.Distributed;
using MiCse.Training.Loop;
using MiCse.Training.Model;
using MiCse.Training.Optimization;

namespace MiCse.Training.Contrastive;

/// <summary>
/// How a model is trained. The defaults are the paper's for a pre-trained BERT-base (Klein and Nabi, ACL 2023) where it gives one
/// value; every property says otherwise.
/// </summary>
public sealed record TrainingOptions : ITrainingOptions
{
    /// <summary>A sentence needs another one to contrast with.</summary>
    internal const int SmallestBatch = 2;

    /// <summary>The loss. Default: miCSE.</summary>
    public TrainingMethod Method { get; init; } = TrainingMethod.MiCse;

    /// <summary>
    /// The layers whose attention the two views share, half-open, 0-based, even in number. Default: null, the paper's 7..11 of 12
    /// layers and the same share of another depth (<see cref="LayerRange.Default"/>).
    /// </summary>
    public LayerRange? Layers { get; init; }

    /// <summary>
    /// Weight λ of the attention mutual information. Default: 5e-4, the paper's for 100,000 sentences; it used 1e-4 for 10,000 and
    /// 1e-3 for 1,000 and fewer.
    /// </summary>
    public double Lambda { get; init; } = 5e-4;

    /// <summary>Weight α of InfoNCE. Default: 1.</summary>
    public double Alpha { get; init; } = 1;

    /// <summary>The cosines are divided by it. Default: 0.05.</summary>
    public double Temperature { get; init; } = 0.05;

    /// <summary>How the mutual information is estimated. Default: sampled, as in the paper.</summary>
    public MutualInformationEstimator Estimator { get; init; } = MutualInformationEstimator.Sampled;

    /// <summary>Runs through the data. Default: 1. Not looked at when <see cref="Steps"/> is set.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>Batches in all. Default: null, <see cref="Epochs"/> decides.</summary>
    public int? Steps { get; init; }

    /// <summary>Examples in a batch; each is contrasted with all others in it. Default: 64.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>
    /// Whether the examples of a batch are of similar length: little is computed for padding, and length, which an encoder sees without understanding,
    /// does not tell examples apart. Default: false, any examples, as in the paper.
    /// </summary>
    public bool GroupByLength { get; init; }

    /// <summary>
    /// The highest learning rate. Default: 3e-5, which suits pre-trained encoders of BERT-base's size (the paper took 1e-5 there). A
    /// small model with fresh weights wants ten times as much: 3e-4 for 4 layers of 256.
    /// </summary>
    public double LearningRate { get; init; } = 3e-5;

    /// <summary>Steps in which the learning rate rises from 0. Default: 0.</summary>
    public int WarmupSteps { get; init; }

    /// <summary>How the learning rate goes on after the warm-up. Default: it falls to 0 in a straight line.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] // a training that was interrupted before there was a choice can be resumed
    public LearningRateSchedule Schedule { get; init; }

    /// <summary>Decoupled weight decay; biases and LayerNorms are spared. Default: 0.</summary>
    public double WeightDecay { get; init; }

    /// <summary>A longer gradient is scaled down to this Euclidean norm. Default: 1.</summary>
    public double MaxGradientNorm { get; init; } = 1;

    /// <summary>Texts are truncated to this many tokens, special tokens included. Default: 32.</summary>
    public int MaxTokens { get; init; } = 32;

    /// <summary>Dropout of embeddings and layer outputs. Default: null, the model's (0.1 in BERT).</summary>
    public double? HiddenDropout { get; init; }

    /// <summary>Dropout of attention probabilities. Default: null, the model's (0.1 in BERT).</summary>
    public double? AttentionDropout { get; init; }

    /// <summary>
    /// Weight of masked language modelling on the same texts: 15 % of the tokens are predicted, of which 80 % are replaced by the
    /// mask, 10 % by any token, 10 % left. Default: 0, off; SimCSE and miCSE use 0.1 when it is on.
    /// </summary>
    public double MaskedLanguageModelWeight { get; init; }

    /// <summary>Added to the logit of an example's own hard negative; read only with three-column data. Default: 0.</summary>
    public double HardNegativeWeight { get; init; }

    /// <summary>
    /// How hidden states become the embedding that is trained, evaluated and exported. Default: null, what the model folder says, which is [CLS] for a
    /// folder that says nothing. [CLS] has a projection head during training alone; the mean poolings go to the loss without a head.
    /// <see cref="Models.Pooling.Cls"/> is not offered; a model with it is trained as <see cref="Models.Pooling.ClsBeforePooler"/>.
    /// </summary>
    public Pooling? Pooling { get; init; }

    /// <summary>
    /// Examples that are not trained on, drawn by the seed; at each evaluation the model is measured on them (<see cref="HeldOutMeasures"/>).
    /// 0 for none. Default: null, 5 % of the data and at most 256; with fewer than 1,280 examples none, because low-shot data is dear, or
    /// a fifth and at most 64 when <see cref="Selection"/> is label-free.
    /// </summary>
    public int? HeldOut { get; init; }

    /// <summary>Which weights are kept. Default: null, those with the best score when there is an evaluation, else the last.</summary>
    public CheckpointSelection? Selection { get; init; }

    /// <summary>
    /// Weights that stay as they are: beginnings of their names in the checkpoint, such as <c>embeddings.position_embeddings</c> or <c>encoder.layer.0</c>.
    /// Default: none.
    /// </summary>
    public IReadOnlyList<string> Freeze { get; init; } = [];

    /// <summary>
    /// Steps between evaluations; there is always one after the last step. Default: 500. Read only with an evaluation or held-out examples.
    /// </summary>
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

    int ITrainingOptions.Steps => Steps!.Value;

    /// <summary>Checks all values.</summary>
    /// <exception cref="ArgumentException">Lists everything that is out of range.</exception>
    public void Validate()
    {
        var problems = new OptionProblems("training options");
        problems.RequireLoop(
            Epochs, Steps, LearningRate, WarmupSteps, Schedule, WeightDecay, MaxGradientNorm, MaxTokens, HiddenDropout, AttentionDropout, EvaluateEvery, SaveEvery, Threads, Slices);
        problems.Require(Lambda >= 0 && double.IsFinite(Lambda), $"lambda is {Lambda} and must be 0 or more");
        problems.Require(Alpha >= 0 && double.IsFinite(Alpha), $"alpha is {Alpha} and must be 0 or more");
        problems.Require(Temperature > 0 && double.IsFinite(Temperature), $"temperature is {Temperature} and must be more than 0");
        problems.RequireFilledSlices(Slices, BatchSize);
        problems.Require(BatchSize >= SmallestBatch, $"batch size is {BatchSize} and must be at least {SmallestBatch}, so that there is something to contrast with");
        problems.Require(
            MaskedLanguageModelWeight >= 0 && double.IsFinite(MaskedLanguageModelWeight),
            $"masked-LM weight is {MaskedLanguageModelWeight} and must be 0 or more");
        problems.Require(double.IsFinite(HardNegativeWeight), $"hard negative weight is {HardNegativeWeight} and must be a finite number");
        problems.Require(Pooling != Models.Pooling.Cls, $"pooling Cls keeps the training head, which is removed here: take ClsBeforePooler");
        problems.Require(HeldOut is null or 0 or >= 2, $"held out is {HeldOut} and must be 0, or at least 2 so that there is something to contrast with");
        problems.Require(Selection != CheckpointSelection.LabelFree || HeldOut != 0, $"held out is {HeldOut} and label-free selection needs at least 2");
        problems.ThrowIfAny();
    }
}

/// <summary>What the loss consists of.</summary>
public enum TrainingMethod
{
    /// <summary>InfoNCE and the mutual information of the two views' attention (Klein and Nabi, ACL 2023). The default.</summary>
    MiCse,

    /// <summary>InfoNCE alone (Gao, Yao and Chen, EMNLP 2021): the control arm.</summary>
    SimCse,
}

/// <summary>Which positions of the attention maps the mutual information is estimated from.</summary>
public enum MutualInformationEstimator
{
    /// <summary>150 positions of a row, drawn without replacement: the paper's. The default.</summary>
    Sampled,

    /// <summary>All positions of a row that count in both views: no chance involved.</summary>
    Exact,
}

/// <summary>Which weights of a training are kept.</summary>
public enum CheckpointSelection
{
    /// <summary>Those with the highest score of the evaluation, which needs labelled data such as STS-B dev.</summary>
    Score,

    /// <summary>
    /// Those with the lowest <see cref="HeldOutMeasures.Loss"/>, measured on training sentences that were held out: for data that no
    /// labelled set stands for.
    /// </summary>
    LabelFree,

    /// <summary>Those after the last step.</summary>
    Last,
}
