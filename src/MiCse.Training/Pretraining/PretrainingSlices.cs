using MiCse.Training.Batches;
using MiCse.Training.Loop;
using static TorchSharp.torch;

namespace MiCse.Training.Pretraining;

/// <summary>A batch of masked language modelling in slices. The tokens that are masked are those of the batch, however it is cut; its loss is the mean over all of them.</summary>
internal sealed class PretrainingSlices(PretrainingObjective objective, MaskedBatch batch, int[] examples, int slices) : ISlicedBatch<PretrainingMeasures>
{
    private readonly IReadOnlyList<SliceRange> _slices = SliceRange.All(batch.Tokens.Count, slices);

    public IReadOnlyList<int> Examples => examples;

    public IReadOnlyList<int> Rows => [.. _slices.Select(slice => slice.Count)];

    public long[]? RowShape => null;

    public double JointWeight => 0;

    public Tensor Joint(Tensor rows) => throw new InvalidOperationException("Masked language modelling looks at one text at a time.");

    public SliceLoss Compute(int slice, long number, bool rowsOnly)
    {
        var part = batch.Part(_slices[slice]);
        var loss = objective.Loss(part) * ((double)part.MaskedCount / batch.MaskedCount);
        return new SliceLoss(null, loss, [], part.TokenCount, part.Tokens.Ids.Length - part.TokenCount);
    }

    public PretrainingMeasures Measures(double loss, double joint, IReadOnlyList<double> sums) => new(loss);
}
