using System.Globalization;
using MiCse.Training.Contrastive;

namespace MiCse.Training.LowShot;

/// <summary>What a low-shot study trains. The defaults are the paper's.</summary>
public sealed record LowShotOptions
{
    /// <summary>Numbers of sentences. Default: 64, 100, 500, 1,000, 5,000 and 10,000.</summary>
    public IReadOnlyList<int> Shots { get; init; } = [64, 100, 500, 1_000, 5_000, 10_000];

    /// <summary>Seeds: each decides sentences, order and dropout alike for all arms, so that they can be compared in pairs. Default: 48 to 52.</summary>
    public IReadOnlyList<long> Seeds { get; init; } = [48, 49, 50, 51, 52];

    /// <summary>What is compared. Default: SimCSE and miCSE.</summary>
    public IReadOnlyList<LowShotArm> Arms { get; init; } = [LowShotArm.Control, new(TrainingMethod.MiCse)];

    /// <summary>Runs through the sentences. Default: null, the paper's for that number of sentences (<see cref="LowShotPreset"/>).</summary>
    public int? Epochs { get; init; }

    /// <summary>Steps between evaluations that choose the weights. Default: null, the paper's for that number of sentences.</summary>
    public int? EvaluateEvery { get; init; }

    /// <summary>
    /// What all trainings share. Method, layers, λ, estimator, epochs, evaluations and seed are each cell's own, and nothing is held out, because
    /// low-shot data is dear. The weights with the best score on STS Benchmark's development set are kept unless
    /// <see cref="TrainingOptions.Selection"/> says otherwise; <see cref="TrainingOptions.Steps"/> goes before epochs. Default: those of
    /// <see cref="TrainingOptions"/> with the paper's learning rate of 1e-5.
    /// </summary>
    public TrainingOptions Training { get; init; } = new() { LearningRate = 1e-5 };

    /// <summary>Whether trained models stay in the study's folder, below <c>models</c>. Default: false.</summary>
    public bool KeepModels { get; init; }

    /// <summary>
    /// All cells, seed by seed: an interrupted study has trained whole comparisons for its first seeds.
    /// </summary>
    internal IReadOnlyList<LowShotCell> Cells =>
    [
        .. from seed in Seeds.Distinct()
           from shots in Shots.Distinct().Order()
           from arm in Arms.Distinct()
           select new LowShotCell(shots, seed, arm),
    ];

    /// <summary>How a cell is trained.</summary>
    internal TrainingOptions For(LowShotCell cell)
    {
        var preset = LowShotPreset.Nearest(cell.Shots);
        return Training with
        {
            Method = cell.Arm.Method,
            Layers = cell.Arm.Layers,
            // SimCSE does not read it: one value, so that another λ for miCSE leaves its cells as they are.
            Lambda = cell.Arm.Method == TrainingMethod.SimCse ? 0 : cell.Arm.Lambda ?? preset.Lambda,
            Estimator = cell.Arm.Estimator ?? Training.Estimator,
            HiddenDropout = cell.Arm.Dropout ?? Training.HiddenDropout,
            AttentionDropout = cell.Arm.Dropout ?? Training.AttentionDropout,
            Epochs = Epochs ?? preset.Epochs,
            EvaluateEvery = EvaluateEvery ?? preset.EvaluateEvery,
            HeldOut = 0,
            Selection = Training.Selection ?? CheckpointSelection.Score,
            Seed = cell.Seed,
        };
    }

    /// <exception cref="ArgumentException">There is nothing to train, a number of sentences is below the batch size, or a cell's options are out of range.</exception>
    internal void Validate()
    {
        if (Shots.Count == 0 || Seeds.Count == 0 || Arms.Count == 0)
        {
            throw new ArgumentException("A low-shot study needs at least one number of sentences, one seed and one method.");
        }

        if (Shots.Min() is var fewest && fewest < Training.BatchSize)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"{fewest:N0} sentences do not fill a batch of {Training.BatchSize}: set the batch size to {Math.Max(2, fewest)} or less for the whole study, or start with more sentences."));
        }

        if (Arms.FirstOrDefault(arm => arm.SelfRanking is not null && (arm.Method != TrainingMethod.SimCse || !(arm.SelfRanking > 0))) is { } wrong)
        {
            throw new ArgumentException($"The arm {wrong} cannot be trained: self-ranking goes with SimCSE alone, and its weight must be more than 0.");
        }

        foreach (var cell in Cells)
        {
            For(cell).Validate();
        }
    }
}
