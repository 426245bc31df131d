using MiCse.ModelFolders;
using MiCse.Training.Batches;
using MiCse.Training.Contrastive;
using MiCse.Training.Native;

namespace MiCse.Training.LowShot;

/// <summary>
/// What the attention term is meant to change: how much the attention of two views of a sentence that differ by dropout has in common, on sentences that no training of the study
/// sees. The same sentences and dropout masks for every model. Immutable and thread-safe.
/// </summary>
/// <param name="sentences">Different sentences; those that do not fill a batch are left out.</param>
/// <param name="training">What the study's trainings share.</param>
internal sealed class ViewAgreement(IReadOnlyList<string> sentences, TrainingOptions training)
{
    private const int Most = 256;

    /// <summary>Measures a model; null when it has fewer than two layers or there are too few sentences.</summary>
    /// <exception cref="Files.ModelFormatException">The model cannot be used.</exception>
    public HeldOutMeasures? Measure(string folder, CancellationToken cancellationToken)
    {
        var model = ModelFolder.Open(folder);
        var batch = training.BatchSize;
        var measured = Math.Min(Most, sentences.Count - batch);
        if (model.Config.Layers < 2 || measured < 2)
        {
            return null;
        }

        var options = training with
        {
            Method = TrainingMethod.MiCse,
            Layers = null,
            Estimator = MutualInformationEstimator.Exact,
            HeldOut = measured,
            Steps = 1,
            Selection = CheckpointSelection.Last,
            Seed = 0,
        };
        var corpus = new SentenceCorpus("sentences of the evaluation", [.. sentences.Take(measured + batch).Select(text => new TrainingExample(text, text, null))]);
        var tokenizer = FolderTokenizer.Load(model);
        var setup = ContrastiveSetup.For(options, model, tokenizer, corpus, evaluated: false);
        return LibTorch.RunExclusively(() =>
        {
            using var checkpoint = model.OpenCheckpoint();
            using var threads = new ThreadCount(options.Threads ?? Environment.ProcessorCount);
            using var objective = new ContrastiveObjective(checkpoint, model.Config, tokenizer, setup, evaluation: null);
            return objective.Evaluate(0, cancellationToken)!.HeldOut;
        });
    }
}
