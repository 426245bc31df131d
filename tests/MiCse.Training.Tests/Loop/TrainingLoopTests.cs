using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tokenization;
using MiCse.Training.Batches;
using MiCse.Training.Loop;
using MiCse.Training.Model;
using MiCse.Training.Native;
using MiCse.Training.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace MiCse.Training.Tests.Loop;

/// <summary>The loop with an objective of its own: a third kind of training takes one class.</summary>
public sealed class TrainingLoopTests : IDisposable
{
    private readonly TinyTraining _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Fact]
    public void Steps_are_those_of_torchs_optimizer_clipping_and_a_linear_schedule()
    {
        var options = new Options(Steps: 6, SaveEvery: 100);
        using var own = Objective();
        using var loop = Loop(own, options, "out");
        var norms = new List<double>();
        loop.Run(TimeProvider.System, report => norms.Add(report.GradientNorm), TestContext.Current.CancellationToken);

        using var slow = Objective();
        using var optimizer = optim.AdamW(slow.Model.Parameters.Select(named => named.Parameter), lr: 0, weight_decay: 0);
        for (var step = 0; step < 6; step++)
        {
            using var scope = NewDisposeScope();
            manual_seed(new Randomness(options.Seed).SeedFor(RandomPurpose.Dropout, step));
            optimizer.zero_grad();
            slow.ComputeStep(step).Loss.backward();
            var norm = nn.utils.clip_grad_norm_(slow.Model.Parameters.Select(named => named.Parameter), options.MaxGradientNorm);
            optimizer.ParamGroups.Single().LearningRate = options.LearningRate * (6 - step) / 6;
            optimizer.step();
            Assert.Equal(norm, norms[step], 1e-4 * norm);
        }

        // The gradient of a key's bias is nothing but rounding, which AdamW blows up: softmax does not change with it.
        foreach (var (expected, actual) in slow.Model.Parameters.Zip(own.Model.Parameters).Where(pair => !pair.First.Name.EndsWith("key.bias", StringComparison.Ordinal)))
        {
            TensorAssert.Near(expected.Parameter, actual.Parameter, 1e-5, actual.Name);
        }
    }

    [Fact]
    public void The_best_weights_and_all_counts_survive_a_resumption()
    {
        var options = new Options(Steps: 6, SaveEvery: 2);
        using var straight = Objective(bestStep: 2);
        using var whole = Loop(straight, options, "straight");
        whole.Run(TimeProvider.System, null, TestContext.Current.CancellationToken);

        using var first = Objective(bestStep: 2);
        using var before = Loop(first, options, "resumed");
        Assert.Throws<InvalidTimeZoneException>(() => before.Run(
            TimeProvider.System, report => { if (report.State.Step == 4) { throw new InvalidTimeZoneException(); } }, TestContext.Current.CancellationToken));
        using var second = Objective(bestStep: 2);
        using var after = Loop(second, options, "resumed");
        after.Resume();
        after.Run(TimeProvider.System, null, TestContext.Current.CancellationToken);

        Assert.Equal((6, 24L, 12L), (after.State.Step, after.State.Tokens, after.State.Padding));
        Assert.Equal(new Score(2), after.State.Best);
        Assert.Equal(whole.State.Scores, after.State.Scores);
        var (expected, found, last) = (ByName(whole.BestWeights), ByName(after.BestWeights), ByName(second.Model.CopyEncoder()));
        Assert.Equal(expected.Keys.Order(), found.Keys.Order());
        Assert.All(expected, weight => Assert.Equal(weight.Value, found[weight.Key]));
        Assert.NotEqual(found[WeightNames.WordEmbeddings], last[WeightNames.WordEmbeddings]);

        static Dictionary<string, float[]> ByName(IEnumerable<MiCse.Tensors.Tensor> weights) => weights.ToDictionary(weight => weight.Name, weight => weight.ToSingles());
    }

    private TrainingLoop<Measures, Score> Loop(SmallVectors objective, Options options, string folder)
    {
        var output = new TrainingFolder(_tiny.Folder(folder));
        output.Acquire(output.HasCheckpoint);
        var tokenizer = Tokenizer.Load(_tiny.Model.TransformerPath);
        var plan = TrainingPlan.Of(options, _tiny.Model, tokenizer, TrainingData.HoldOut(TinyTraining.Corpus(), 0, 1), evaluated: false);
        return new TrainingLoop<Measures, Score>(objective, plan, options, output);
    }

    private SmallVectors Objective(int bestStep = 0)
    {
        using var checkpoint = _tiny.Model.OpenCheckpoint();
        return LibTorch.RunExclusively(() =>
            new SmallVectors(TrainableModel.Load(checkpoint, _tiny.Model.Config, TorchContext.Cpu(), 0.1, 0.1), bestStep));
    }

    private sealed record Options(int Steps, int SaveEvery) : ITrainingOptions
    {
        public double LearningRate => 1e-3;

        public LearningRateSchedule Schedule => LearningRateSchedule.Linear;

        public int WarmupSteps => 0;

        public double WeightDecay => 0;

        public double MaxGradientNorm => 0.5;

        public int MaxTokens => 12;

        public int EvaluateEvery => 1;

        public long Seed => 5;

        public int Slices { get; init; } = 1;

        public int? Threads => 1;
    }

    private sealed record Measures(double Loss);

    private sealed record Score(int Step) : ITrainingScore;

    /// <summary>Pulls [CLS] of two texts to 0.</summary>
    private sealed class SmallVectors(TrainableModel model, int bestStep) : ITrainingObjective<Measures, Score>
    {
        public TrainableModel Model => model;

        public StepLoss<Measures> ComputeStep(int step)
        {
            var batch = new TokenBatch([[2, 5 + step, 6, 3], [2, 3]], 0);
            var output = model.Encoder.Forward(batch.IdTensor(TorchContext.Cpu()), batch.MaskTensor(TorchContext.Cpu()));
            var loss = output.Cls.square().mean();
            return new StepLoss<Measures>(loss, new Measures(loss.ToDouble()), [0, 1], Tokens: 4, Padding: 2);
        }

        public ISlicedBatch<Measures> Slice(int step, int slices) => throw new NotSupportedException();

        public Score Evaluate(int step, CancellationToken cancellationToken) => new(step);

        public bool IsBetter(Score score, Score? best) => score.Step == bestStep;

        public ModelContent Export(ModelContent content, TrainingState<Measures, Score> state, string? license) => content;

        public void Dispose() => model.Dispose();
    }
}
