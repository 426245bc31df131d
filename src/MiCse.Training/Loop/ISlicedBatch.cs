using static TorchSharp.torch;

namespace MiCse.Training.Loop;

/// <summary>
/// The batch of a step, cut into slices that go through the model one at a time. Its loss is that of the whole batch: a joint term, which looks at the vectors of all slices
/// at once, and terms of each slice, of which the step takes the sum.
/// </summary>
/// <typeparam name="TMeasures">What a step measures.</typeparam>
internal interface ISlicedBatch<TMeasures>
{
    /// <summary>The examples of the batch, as the corpus numbers them.</summary>
    IReadOnlyList<int> Examples { get; }

    /// <summary>How many rows of the joint term each slice has; 0 for one with nothing in it, which is not computed.</summary>
    IReadOnlyList<int> Rows { get; }

    /// <summary>The shape of a row of the joint term; null when there is no such term.</summary>
    long[]? RowShape { get; }

    /// <summary>What the joint term is multiplied by in the loss.</summary>
    double JointWeight { get; }

    /// <summary>The joint term of the whole batch, not multiplied by its weight yet: a scalar.</summary>
    /// <param name="rows">Of all slices, in their order. [rows, …row shape]</param>
    Tensor Joint(Tensor rows);

    /// <summary>
    /// Runs a slice through the model in training mode; libtorch's generator is seeded for it. Tensors belong to the caller's dispose scope.
    /// </summary>
    /// <param name="slice">0-based, with at least one row.</param>
    /// <param name="number">The slice's number among those of all steps, for random numbers.</param>
    /// <param name="rowsOnly">Whether only its rows are wanted. They are the same to the last bit.</param>
    SliceLoss Compute(int slice, long number, bool rowsOnly);

    /// <summary>What the step reports.</summary>
    /// <param name="loss">The whole loss.</param>
    /// <param name="joint">The joint term; 0 when there is none.</param>
    /// <param name="sums">The sums of <see cref="SliceLoss.Measures"/> over the slices.</param>
    TMeasures Measures(double loss, double joint, IReadOnlyList<double> sums);
}

/// <summary>What became of a slice.</summary>
/// <param name="Rows">Its rows of the joint term, with a gradient; null when there is no such term. [rows, …row shape]</param>
/// <param name="Own">Its own terms, weighted so that their sum over the slices is that of the batch; null when there are none.</param>
/// <param name="Measures">What is measured of it, at most <see cref="MostMeasures"/> numbers, weighted like <paramref name="Own"/>.</param>
/// <param name="Tokens">Its tokens that are not padding.</param>
/// <param name="Padding">Its padding, in tokens.</param>
internal sealed record SliceLoss(Tensor? Rows, Tensor? Own, IReadOnlyList<double> Measures, int Tokens, int Padding)
{
    /// <summary>As many numbers as are kept of every slice.</summary>
    public const int MostMeasures = 2;
}
