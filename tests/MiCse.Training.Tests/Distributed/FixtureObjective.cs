using MiCse.Checkpoints;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tests;
using MiCse.Training.Batches;
using MiCse.Training.Loop;
using MiCse.Training.Losses;
using MiCse.Training.Model;
using MiCse.Training.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace MiCse.Training.Tests.Distributed;

/// <summary>SimCSE without dropout on the batches of the trajectory fixture, whole or in slices.</summary>
internal sealed class FixtureObjective : ITrainingObjective<FixtureObjective.Measures, FixtureObjective.Score>
{
    private const string Folder = "training";
    private readonly GoldenTensors _batches = new(Folder, "simcse", "batches.safetensors");

    public FixtureObjective() => Model = LibTorch.RunExclusively(() =>
    {
        using var initial = Checkpoint.Open(Fixture.Path(Folder, "initial.safetensors"));
        return TrainableModel.Load(initial, EncoderShape.Load(Fixture.Path(Folder, "config.json")), TorchContext.Cpu(), 0, 0, projection: true);
    });

    public TrainableModel Model { get; }

    public StepLoss<Measures> ComputeStep(int step)
    {
        var whole = new Slices(this, step, 1);
        var loss = whole.Joint(whole.Compute(0, 0, rowsOnly: false).Rows!);
        return new StepLoss<Measures>(loss, () => new Measures(loss.ToDouble()), whole.Examples, 1, 0);
    }

    public ISlicedBatch<Measures> Slice(int step, int slices) => new Slices(this, step, slices);

    public Score? Evaluate(int step, CancellationToken cancellationToken) => null;

    public ModelContent Export(ModelContent content, TrainingState<Measures, Score> state, string? license) => content;

    public void Dispose()
    {
        Model.Dispose();
        _batches.Dispose();
    }

    internal sealed record Measures(double Loss);

    internal sealed record Score(int Step) : ITrainingScore;

    private sealed class Slices : ISlicedBatch<Measures>
    {
        private readonly FixtureObjective _objective;
        private readonly int _step;
        private readonly IReadOnlyList<SliceRange> _slices;

        public Slices(FixtureObjective objective, int step, int slices)
        {
            (_objective, _step) = (objective, step);
            var examples = (int)Batch("input_ids").shape[0];
            _slices = SliceRange.All(examples, slices);
            Examples = [.. Enumerable.Range(0, examples)];
        }

        public IReadOnlyList<int> Examples { get; }

        public IReadOnlyList<int> Rows => [.. _slices.Select(slice => slice.Count)];

        public long[]? RowShape => [2, _objective.Model.Encoder.Config.HiddenSize];

        public double JointWeight => 1;

        public Tensor Joint(Tensor rows) => ContrastiveLoss.Compute(rows.select(1, 0), rows.select(1, 1));

        public SliceLoss Compute(int slice, long number, bool rowsOnly)
        {
            var (ids, mask, types) = (Part("input_ids"), Part("attention_mask"), Part("token_type_ids"));
            var longest = (int)mask.sum(1).max().ToInt64(); // the slice's own padding
            var output = _objective.Model.Encoder.Forward(ids.narrow(1, 0, longest), mask.narrow(1, 0, longest), tokenTypes: types.narrow(1, 0, longest));
            return new SliceLoss(_objective.Model.Projection!.Forward(output.Cls).unflatten(0, [-1, 2]), null, [], 1, 0);

            Tensor Part(string name) => Batch(name).narrow(0, _slices[slice].Start, _slices[slice].Count).flatten(0, 1);
        }

        Measures ISlicedBatch<Measures>.Measures(double loss, double joint, IReadOnlyList<double> sums) => new(loss);

        private Tensor Batch(string name) => _objective._batches[$"step{_step}.{name}"]; // [examples, 2, tokens]
    }
}
