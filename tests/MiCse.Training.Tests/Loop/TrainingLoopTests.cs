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

    [Fact]
    public void A_device_that_computes_behind_the_programs_back_is_asked_seldom_and_learns_the_same()
    {
        var options = new Options(Steps: 45, SaveEvery: 100) { EvaluateEvery = 100 };
        using var asked = Objective();
        using var always = Loop(asked, options, "always");
        always.Run(TimeProvider.System, null, TestContext.Current.CancellationToken);
        using var unasked = Objective();
        using var seldom = Loop(unasked, options, "seldom", readsEveryStep: false);
        var losses = new List<double>();
        seldom.Run(TimeProvider.System, report => losses.Add(report.State.Last!.Loss), TestContext.Current.CancellationToken);

        Assert.Equal(45, asked.Readings);
        Assert.Equal(4, unasked.Readings); // after steps 1, 20, 40 and 45
        Assert.Equal([19, 20, 5, 1], losses.CountBy(loss => loss).Select(loss => loss.Value));
        Assert.Equal(always.State.Last, seldom.State.Last);
        Assert.All(asked.Model.Parameters.Zip(unasked.Model.Parameters), pair => Assert.Equal(pair.First.Parameter.bytes.ToArray(), pair.Second.Parameter.bytes.ToArray()));
    }

    [Fact]
    public void A_loss_that_is_not_finite_between_two_readings_ends_the_training_at_the_next()
    {
        var options = new Options(Steps: 45, SaveEvery: 100) { EvaluateEvery = 100 };
        using var objective = Objective();
        objective.BrokenFrom = 7;
        using var loop = Loop(objective, options, "broken", readsEveryStep: false);

        var diverged = Assert.Throws<TrainingDivergedException>(() => loop.Run(TimeProvider.System, null, TestContext.Current.CancellationToken));

        Assert.StartsWith("Training stopped at step 20: the loss is NaN at learning rate ", diverged.Message, StringComparison.Ordinal);
        Assert.Contains("one of the 19 steps before", diverged.Message, StringComparison.Ordinal);
    }

    private TrainingLoop<Measures, Score> Loop(SmallVectors objective, Options options, string folder, bool readsEveryStep = true)
    {
        var output = new TrainingFolder(_tiny.Folder(folder));
        output.Acquire(output.HasCheckpoint);
        var plan = TrainingPlan.Of(options, _tiny.Model, TrainingData.HoldOut(TinyTraining.Corpus(), 0, 1), evaluated: false);
        return new TrainingLoop<Measures, Score>(objective, plan, options, output) { ReadsEveryStep = readsEveryStep };
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

        public int EvaluateEvery { get; init; } = 1;

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

        public int Readings { get; private set; }

        public int BrokenFrom { get; set; } = int.MaxValue;

        public StepLoss<Measures> ComputeStep(int step)
        {
            var batch = new TokenBatch([[2, 5 + step, 6, 3], [2, 3]], 0);
            var output = model.Encoder.Forward(batch.IdTensor(TorchContext.Cpu()), batch.MaskTensor(TorchContext.Cpu()));
            var loss = output.Cls.square().mean() * (step < BrokenFrom ? 1 : double.NaN);
            return new StepLoss<Measures>(loss, Measure, [0, 1], Tokens: 4, Padding: 2);

            Measures Measure()
            {
                Readings++;
                return new Measures(loss.ToDouble());
            }
        }

        public ISlicedBatch<Measures> Slice(int step, int slices) => throw new NotSupportedException();

        public Score Evaluate(int step, CancellationToken cancellationToken) => new(step);

        public bool IsBetter(Score score, Score? best) => score.Step == bestStep;

        public ModelContent Export(ModelContent content, TrainingState<Measures, Score> state, string? license) => content;

        public void Dispose() => model.Dispose();
    }
}
