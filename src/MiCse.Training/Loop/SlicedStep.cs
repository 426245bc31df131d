using System.Runtime.InteropServices;
using MiCse.Training.Batches;
using MiCse.Training.Distributed;
using MiCse.Training.Model;
using MiCse.Training.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace MiCse.Training.Loop;

/// <summary>
/// The loss and the gradient of a batch that goes through the model in slices, one at a time, on one rank or on several: the same bits in either case. Every slice has
/// its own padding and its own random numbers. A joint term takes two passes, as gradient caching does (Gao et al., RepL4NLP 2021): first the rows of all slices, from which every rank computes
/// the term and its gradient by each row; then every slice again, to send that gradient back. The slice of a rank that comes last in the first pass is not computed again.
/// </summary>
/// <remarks>Memory holds the computation of one slice and a gradient for each level of the tree of their sum, so a batch may be far larger than memory.</remarks>
internal sealed class SlicedStep<TMeasures, TScore>(
    ITrainingObjective<TMeasures, TScore> objective, ICollective ranks, Randomness randomness, int slices, int step)
    where TMeasures : class
    where TScore : class, ITrainingScore
{
    private const int NumbersOfRank = 2; // asked to stop, joint term
    private const int NumbersOfSlice = 3 + SliceLoss.MostMeasures; // tokens, padding, own terms, measures

    private readonly ISlicedBatch<TMeasures> _batch = objective.Slice(step, slices);
    private readonly int _own = slices / ranks.Count;

    private int First => ranks.Rank * _own;

    /// <summary>Computes both; the gradient is in the parameters afterwards. To be called in a dispose scope.</summary>
    /// <param name="stop">Whether this rank has been asked to stop.</param>
    public SlicedLoss<TMeasures> Compute(bool stop)
    {
        var (kept, joint, rowGradients) = FirstPass();
        var gradient = new SlicedGradient(objective.Model.Parameters.Select(named => named.Parameter));
        objective.Model.ClearGradients();
        var numbers = new double[NumbersOfRank + (_own * NumbersOfSlice)];
        (numbers[0], numbers[1]) = (stop ? 1 : 0, joint);
        for (var slice = First; slice < First + _own; slice++)
        {
            if (_batch.Rows[slice] > 0)
            {
                using var scope = NewDisposeScope();
                var computed = kept is not null && slice == First ? kept : Compute(slice, rowsOnly: false);
                Backward(computed, rowGradients?[slice]);
                Write(computed, numbers.AsSpan(NumbersOfRank + ((slice - First) * NumbersOfSlice), NumbersOfSlice));
                kept = null;
            }

            gradient.Add();
        }

        var loss = Collect(numbers);
        gradient.Finish(ranks);
        return loss;
    }

    private static void Write(SliceLoss slice, Span<double> numbers)
    {
        (numbers[0], numbers[1], numbers[2]) = (slice.Tokens, slice.Padding, slice.Own?.ToDouble() ?? 0);
        for (var index = 0; index < slice.Measures.Count; index++)
        {
            numbers[3 + index] = slice.Measures[index];
        }
    }

    private static void Backward(SliceLoss slice, Tensor? rowGradient)
    {
        var joint = rowGradient is null ? null : (slice.Rows! * rowGradient).sum(); // its gradient by the rows is what was given
        var loss = joint is null ? slice.Own : slice.Own is null ? joint : joint.to(slice.Own.dtype) + slice.Own;
        if (loss is { requires_grad: true })
        {
            loss.backward();
        }
    }

    private SliceLoss Compute(int slice, bool rowsOnly)
    {
        var number = ((long)step * slices) + slice;
        manual_seed(randomness.SeedFor(RandomPurpose.Dropout, number));
        return _batch.Compute(slice, number, rowsOnly);
    }

    /// <summary>The joint term and its gradient by the rows of each slice, and the first own slice as it was computed, ready for its backward pass.</summary>
    private (SliceLoss? Kept, double Joint, IReadOnlyList<Tensor>? RowGradients) FirstPass()
    {
        if (_batch.RowShape is not { } shape)
        {
            return (null, 0, null);
        }

        var width = (int)shape.Aggregate(1L, (product, size) => product * size);
        var largest = _batch.Rows.Max();
        var own = new float[_own * largest * width];
        SliceLoss? kept = null;
        for (var slice = First + _own - 1; slice >= First; slice--)
        {
            if (_batch.Rows[slice] == 0)
            {
                continue;
            }

            var span = own.AsSpan((slice - First) * largest * width, _batch.Rows[slice] * width);
            if (slice == First)
            {
                kept = Compute(slice, rowsOnly: false);
                HostMemory.CopyTo(kept.Rows!.to(ScalarType.Float32), span);
            }
            else
            {
                using var scope = NewDisposeScope();
                HostMemory.CopyTo(Compute(slice, rowsOnly: true).Rows!.to(ScalarType.Float32), span);
            }
        }

        var all = new float[own.Length * ranks.Count];
        ranks.Gather(MemoryMarshal.AsBytes(own.AsSpan()), MemoryMarshal.AsBytes(all.AsSpan()));
        var (joint, gradient) = Joint(all, largest * width, [_batch.Rows.Sum(), .. shape]);
        long start = 0;
        return (kept, joint, [.. _batch.Rows.Select(rows => gradient.narrow(0, (start += rows) - rows, rows))]);
    }

    private (double Joint, Tensor Gradient) Joint(float[] all, int stride, long[] shape)
    {
        using var scope = NewDisposeScope();
        var width = (int)(shape.Aggregate(1L, (product, size) => product * size) / shape[0]);
        var values = new float[shape[0] * width];
        var start = 0;
        foreach (var (slice, rows) in _batch.Rows.Index())
        {
            all.AsSpan(slice * stride, rows * width).CopyTo(values.AsSpan(start));
            start += rows * width;
        }

        var leaf = tensor(values, shape, device: objective.Model.Parameters[0].Parameter.device, requires_grad: true);
        var joint = _batch.Joint(leaf);
        (joint * _batch.JointWeight).backward();
        return (joint.ToDouble(), leaf.grad!.MoveToOuterDisposeScope());
    }

    /// <summary>Puts the numbers of all ranks together: what is the same everywhere decides the same everywhere.</summary>
    private SlicedLoss<TMeasures> Collect(double[] own)
    {
        var all = new double[own.Length * ranks.Count];
        ranks.Gather(MemoryMarshal.AsBytes(own.AsSpan()), MemoryMarshal.AsBytes(all.AsSpan()));
        var joint = all[1];
        var sums = new double[NumbersOfSlice];
        var stop = false;
        for (var rank = 0; rank < ranks.Count; rank++)
        {
            var numbers = all.AsSpan(rank * own.Length, own.Length);
            stop |= numbers[0] != 0;
            for (var index = NumbersOfRank; index < numbers.Length; index++)
            {
                sums[(index - NumbersOfRank) % NumbersOfSlice] += numbers[index];
            }
        }

        var loss = (joint * _batch.JointWeight) + sums[2];
        return new SlicedLoss<TMeasures>(loss, _batch.Measures(loss, joint, sums[3..]), _batch.Examples, (int)sums[0], (int)sums[1], stop);
    }
}

/// <summary>The loss of a step whose gradient is in the parameters, and what is known besides; see <see cref="StepLoss{TMeasures}"/>.</summary>
internal sealed record SlicedLoss<TMeasures>(double Loss, TMeasures Measures, IReadOnlyList<int> Examples, int Tokens, int Padding, bool Stop);
