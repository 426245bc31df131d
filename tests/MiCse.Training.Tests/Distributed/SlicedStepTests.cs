using MiCse.Training.Batches;
using MiCse.Training.Distributed;
using MiCse.Training.Loop;
using MiCse.Training.Model;
using MiCse.Training.Optimization;
using static TorchSharp.torch;

namespace MiCse.Training.Tests.Distributed;

/// <summary>The step of slices and ranks on the trajectory fixture, where dropout is off.</summary>
public sealed class SlicedStepTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(3)]
    public void Loss_and_gradient_are_those_of_the_whole_batch(int slices)
    {
        var (loss, gradient) = InSlices(SingleProcess.Instance, slices);
        using var scope = NewDisposeScope();
        using var whole = new FixtureObjective();
        var expected = whole.ComputeStep(0);
        expected.Loss.backward();

        Assert.Equal(expected.Measure().Loss, loss, 1e-5);
        foreach (var ((name, parameter), values) in whole.Model.Parameters.Zip(gradient))
        {
            Assert.Equal(parameter.grad is null, values is null);
            TensorAssert.Near(parameter.grad!, tensor(values!, parameter.shape), 1e-5, name);
        }
    }

    /// <summary>Ranks are threads here, so nothing may be random; whole trainings with dropout run as processes in <see cref="RankedTrainingTests"/>.</summary>
    [Theory]
    [InlineData(4, 2)]
    [InlineData(4, 4)]
    [InlineData(8, 2)]
    [InlineData(6, 3)]
    [InlineData(16, 8)] // more slices than examples
    public void Any_number_of_ranks_gives_the_bits_of_one(int slices, int ranks)
    {
        var one = InSlices(SingleProcess.Instance, slices);

        var all = ThreadedCollective.Run(ranks, own => InSlices(own, slices));

        Assert.All(all, rank => Assert.Equal(one.Loss, rank.Loss));
        Assert.All(all, rank => Assert.Equal(one.Gradient, rank.Gradient));
    }

    [Fact]
    public void One_rank_that_is_asked_to_stop_stops_all()
    {
        var stopped = ThreadedCollective.Run(2, own =>
        {
            using var scope = NewDisposeScope();
            using var objective = new FixtureObjective();
            return new SlicedStep<FixtureObjective.Measures, FixtureObjective.Score>(objective, own, new Randomness(1), 4, 0).Compute(stop: own.Rank == 1).Stop;
        });

        Assert.Equal([true, true], stopped);
    }

    [Fact]
    public void Twelve_steps_in_four_slices_follow_the_references_losses()
    {
        var expected = GoldenTensors.Json("training", "simcse", "trajectory.json").GetProperty("torch_optim_AdamW_run");
        using var objective = new FixtureObjective();
        using var optimizer = new AdamW(objective.Model.Parameters);
        var schedule = new LearningRate(1e-3, 12);
        for (var step = 0; step < 12; step++)
        {
            using var scope = NewDisposeScope();
            var loss = new SlicedStep<FixtureObjective.Measures, FixtureObjective.Score>(objective, SingleProcess.Instance, new Randomness(1), 4, step).Compute(stop: false);
            var norm = GradientClipping.Clip(objective.Model.Parameters.Select(named => named.Parameter), 1).Read();
            optimizer.Step(schedule.At(step));

            TensorAssert.Near(expected.GetProperty("loss")[step].GetDouble(), loss.Loss, 1e-4, what: $"loss of step {step}");
            TensorAssert.Near(expected.GetProperty("grad_norm")[step].GetDouble(), norm, 1e-3, what: $"gradient norm of step {step}");
        }
    }

    private static (double Loss, float[]?[] Gradient) InSlices(ICollective ranks, int slices)
    {
        using var scope = NewDisposeScope();
        using var objective = new FixtureObjective();
        var loss = new SlicedStep<FixtureObjective.Measures, FixtureObjective.Score>(objective, ranks, new Randomness(1), slices, 0).Compute(stop: false);
        return (loss.Loss, [.. objective.Model.Parameters.Select(named => named.Parameter.grad is { } gradient ? HostMemory.ToArray(gradient) : null)]);
    }
}
