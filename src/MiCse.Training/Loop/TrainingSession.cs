using MiCse.Checkpoints;
using MiCse.Files;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tensors;
using MiCse.Training.Distributed;
using MiCse.Training.Native;
using MiCse.Weights;

namespace MiCse.Training.Loop;

/// <summary>
/// One training from the output folder it acquires to the Hugging Face folder it writes: the encoder, the pooler of the model it started from (if it
/// had one), its tokenizer, and what the objective adds.
/// </summary>
internal static class TrainingSession
{
    /// <summary>Trains, waiting for other trainings of this process; leaves no empty folder behind.</summary>
    /// <param name="source">What the training starts from.</param>
    /// <param name="plan">Everything the outcome depends on.</param>
    /// <param name="options">The same options that the plan lists.</param>
    /// <param name="load">Loads the objective.</param>
    /// <param name="outputFolder">A new or empty folder, or with <paramref name="resume"/> one of an unfinished training.</param>
    /// <param name="resume">Whether to continue from a checkpoint.</param>
    /// <param name="ranks">The processes that share the training; null for this one alone.</param>
    /// <param name="time">The clock that rates are measured with.</param>
    /// <param name="report">Receives every step; null for no reports.</param>
    /// <param name="cancellationToken">Stops between two steps and leaves a checkpoint.</param>
    /// <exception cref="IOException">The folder is in use, or cannot be written; a checkpoint is kept.</exception>
    /// <exception cref="ModelFormatException">The model or the checkpoint cannot be used.</exception>
    public static TrainingState<TMeasures, TScore> Run<TMeasures, TScore>(
        ModelFolder source,
        TrainingPlan plan,
        ITrainingOptions options,
        Func<Checkpoint, ITrainingObjective<TMeasures, TScore>> load,
        string outputFolder,
        bool resume,
        ICollective? ranks,
        TimeProvider time,
        Action<StepReport<TMeasures, TScore>>? report,
        CancellationToken cancellationToken)
        where TMeasures : class
        where TScore : class, ITrainingScore
    {
        LibTorch.Load(); // before a folder is made in vain
        ranks ??= SingleProcess.Instance;
        ranks.Together(() => RequireWholeShares(options.Slices, ranks.Count));
        var folder = new TrainingFolder(outputFolder);
        ranks.OnFirst(() => folder.Acquire(resume));
        return LibTorch.RunExclusively(() =>
        {
            try
            {
                using var objective = ranks.Together(Load);
                using var loop = new TrainingLoop<TMeasures, TScore>(objective, plan, options, folder, ranks);
                loop.Join();
                loop.Run(time, ranks.Rank == 0 ? report : null, cancellationToken);
                ranks.OnFirst(() => Export(
                    source, folder, loop.BestWeights, loop.State.Step, content => objective.Export(content, loop.State, source.License), cancellationToken));
                return loop.State;
            }
            finally
            {
                if (ranks.Rank == 0)
                {
                    folder.RemoveIfEmpty();
                }
            }
        });

        ITrainingObjective<TMeasures, TScore> Load()
        {
            using var checkpoint = source.OpenCheckpoint();
            return load(checkpoint);
        }
    }

    /// <exception cref="ArgumentException">Ranks cannot share the slices so that sums stay the same.</exception>
    internal static void RequireWholeShares(int slices, int ranks)
    {
        if (ranks > 1 && (slices % ranks != 0 || !int.IsPow2(slices / ranks)))
        {
            throw new ArgumentException(
                $"slices is {slices} and {ranks} processes cannot share a batch so: each takes 1, 2, 4, 8 or another power of two of its slices; set it to {ranks}, {2 * ranks}, {4 * ranks} …, or start another number of processes.");
        }
    }

    private static void Export(
        ModelFolder source, TrainingFolder folder, IReadOnlyList<Tensor> encoder, int step, Func<ModelContent, ModelContent> complete, CancellationToken cancellationToken)
    {
        using (var checkpoint = source.OpenCheckpoint())
        {
            var content = complete(ModelContent.From(source, [.. encoder, .. Pooler(EncoderWeights.From(checkpoint, source.Config))]));
            FiniteWeights.Require([.. content.Weights, .. content.MaskedLanguageModelHead ?? []], step, step);
            content = content with
            {
                // No folder can say that vectors are scaled after another pooling than sentence-transformers has.
                Chain = content.Chain.IsKnownToSentenceTransformers ? content.Chain : content.Chain with { Modules = [] },
                Weights = [.. content.Weights.Where(weight => !SentenceModule.IsWeight(weight.Name))],
                ModuleWeights = content.Weights.Where(weight => SentenceModule.IsWeight(weight.Name)).ToDictionary(weight => weight.Name),
            };
            ModelFolderWriter.Write(folder.Export, content, overwrite: true, cancellationToken);
        }

        folder.Finish();
    }

    private static IEnumerable<Tensor> Pooler(EncoderWeights weights) =>
        weights.HasPooler
            ? [weights[WeightNames.Pooler.Weight].WithName(WeightNames.Pooler.Weight), weights[WeightNames.Pooler.Bias].WithName(WeightNames.Pooler.Bias)]
            : [];
}
