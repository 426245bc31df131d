using MiCse.ModelFolders;
using MiCse.Training.Model;
using static TorchSharp.torch;

namespace MiCse.Training.Loop;

/// <summary>
/// What a training minimises, and on what: the part that differs from one kind of training to another. <see cref="TrainingLoop{TMeasures, TScore}"/> does
/// everything else. Disposing it releases the model.
/// </summary>
/// <typeparam name="TMeasures">What a step measures; saved as JSON with every checkpoint.</typeparam>
/// <typeparam name="TScore">What an evaluation measures; saved as JSON with every checkpoint.</typeparam>
internal interface ITrainingObjective<TMeasures, TScore> : IDisposable
    where TMeasures : class
    where TScore : class, ITrainingScore
{
    /// <summary>The weights that are trained.</summary>
    TrainableModel Model { get; }

    /// <summary>
    /// Computes the loss of a step's batch in training mode. The batch and all random numbers depend on seed and step alone; libtorch's generator is seeded
    /// for the step. Tensors belong to the caller's dispose scope.
    /// </summary>
    /// <param name="step">0-based.</param>
    StepLoss<TMeasures> ComputeStep(int step);

    /// <summary>
    /// Cuts a step's batch into slices; see <see cref="SlicedStep{TMeasures, TScore}"/>. The examples are those of <see cref="ComputeStep"/>, and without dropout and sampling so is the loss.
    /// </summary>
    /// <param name="step">0-based.</param>
    /// <param name="slices">At least 2.</param>
    ISlicedBatch<TMeasures> Slice(int step, int slices);

    /// <summary>Evaluates the weights as they are, without changing them; null when there is nothing to evaluate on.</summary>
    /// <param name="step">Steps done.</param>
    /// <param name="cancellationToken">Cancels the training.</param>
    TScore? Evaluate(int step, CancellationToken cancellationToken);

    /// <summary>Whether the weights of an evaluation are to be written in the end instead of those of the best one before it. False: the last weights are.</summary>
    bool IsBetter(TScore score, TScore? best) => false;

    /// <summary>Adds what is the objective's own to the folder that is written in the end: pooling, model card, a head.</summary>
    ModelContent Export(ModelContent content, TrainingState<TMeasures, TScore> state, string? license);
}

/// <summary>The loss of a step, and what is known besides.</summary>
/// <param name="Loss">What is minimised, a scalar with a gradient.</param>
/// <param name="Measure">Reads what the step reports, which waits for the device; to be called in the step's dispose scope.</param>
/// <param name="Examples">The examples of the batch, as the corpus numbers them.</param>
/// <param name="Tokens">Tokens of the batch that are not padding.</param>
/// <param name="Padding">Padding of the batch, in tokens.</param>
internal sealed record StepLoss<TMeasures>(Tensor Loss, Func<TMeasures> Measure, IReadOnlyList<int> Examples, int Tokens, int Padding);

/// <summary>One evaluation during a training.</summary>
internal interface ITrainingScore
{
    /// <summary>After this many steps.</summary>
    int Step { get; }
}
