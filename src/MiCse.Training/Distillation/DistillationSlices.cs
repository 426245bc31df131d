using MiCse.Models;
using MiCse.Training.Batches;
using MiCse.Training.Loop;
using MiCse.Training.Losses;
using TorchSharp;
using static TorchSharp.torch;

namespace MiCse.Training.Distillation;

/// <summary>
/// A batch of distillation in slices. The terms that look at the teacher are means over texts; InfoNCE looks at all slices; attention mutual information is the mean over the slices.
/// </summary>
internal sealed class DistillationSlices(
    DistillationObjective objective, DistillationOptions options, int[] texts, EmbeddingChain chain, int step, int slices) : ISlicedBatch<DistillationMeasures>
{
    private readonly IReadOnlyList<SliceRange> _slices = SliceRange.All(texts.Length, slices);

    public IReadOnlyList<int> Examples => texts;

    public IReadOnlyList<int> Rows => [.. _slices.Select(slice => slice.Count)];

    public long[]? RowShape =>
        options.InfoNceWeight > 0 ? [options.Views, chain.SizeAfter(chain.PooledSize(objective.Model.Encoder.Config.HiddenSize))] : null;

    public double JointWeight => options.InfoNceWeight;

    public Tensor Joint(Tensor rows) => objective.InfoNce(rows);

    public SliceLoss Compute(int slice, long number, bool rowsOnly)
    {
        var range = _slices[slice];
        int[] own = [.. texts.Skip(range.Start).Take(range.Count)];
        var (student, batch, output) = objective.Embed(own);
        var rows = RowShape is null ? null : student.unflatten(0, [-1, options.Views]); // [texts, views, dimensions]
        if (rowsOnly)
        {
            return new SliceLoss(rows, null, [], 0, 0);
        }

        var share = (double)range.Count / texts.Length;
        var (loss, cosine) = objective.TeacherTerms(student, own, step);
        loss *= share;
        if (options.Lambda > 0)
        {
            loss = loss.to(ScalarType.Float64) - (AttentionMutualInformation.Exact(output.AttentionMaps) * (options.Lambda / Rows.Count(count => count > 0)));
        }

        var tokens = batch.Mask.Sum();
        return new SliceLoss(rows, loss, [cosine.ToDouble() * share], tokens, batch.Ids.Length - tokens);
    }

    public DistillationMeasures Measures(double loss, double joint, IReadOnlyList<double> sums) => new(loss, sums[0]);
}
