using MiCse.Training.Contrastive;
using MiCse.Training.LowShot;
using MiCse.Training.Model;

namespace MiCse.Training.Tests.LowShot;

public class LowShotOptionsTests
{
    [Fact]
    public void Defaults_are_the_papers()
    {
        DefaultValues.AssertAre(
            new LowShotOptions(),
            (nameof(LowShotOptions.Shots), new[] { 64, 100, 500, 1_000, 5_000, 10_000 }),
            (nameof(LowShotOptions.Seeds), new long[] { 48, 49, 50, 51, 52 }),
            (nameof(LowShotOptions.Arms), new[] { new LowShotArm(TrainingMethod.SimCse), new LowShotArm(TrainingMethod.MiCse) }),
            (nameof(LowShotOptions.Epochs), null),
            (nameof(LowShotOptions.EvaluateEvery), null),
            (nameof(LowShotOptions.Training), new LowShotOptions().Training),
            (nameof(LowShotOptions.KeepModels), false));
        var training = new LowShotOptions().Training;
        Assert.Equal(1e-5, training.LearningRate);
        Assert.Equal(new TrainingOptions { LearningRate = training.LearningRate, Freeze = training.Freeze }, training);
    }

    private static readonly LowShotArm MiCse = new(TrainingMethod.MiCse);

    // The paper's table; between two shares the nearer one.
    [Theory]
    [InlineData(64, 2500, 1e-3, 250)]
    [InlineData(100, 2500, 1e-3, 250)]
    [InlineData(300, 2500, 1e-3, 250)]
    [InlineData(500, 500, 1e-3, 500)]
    [InlineData(1_000, 500, 1e-3, 500)]
    [InlineData(5_000, 50, 1e-4, 500)]
    [InlineData(10_000, 50, 1e-4, 500)]
    [InlineData(100_000, 10, 5e-4, 500)]
    [InlineData(1_000_000, 10, 5e-4, 500)]
    public void Each_number_of_sentences_is_trained_as_in_the_paper(int shots, int epochs, double lambda, int evaluateEvery)
    {
        var options = new LowShotOptions().For(new LowShotCell(shots, 50, MiCse));

        Assert.Equal(
            new TrainingOptions
            {
                Epochs = epochs,
                Lambda = lambda,
                EvaluateEvery = evaluateEvery,
                LearningRate = 1e-5,
                BatchSize = 64,
                MaxTokens = 32,
                Seed = 50,
                HeldOut = 0,
                Selection = CheckpointSelection.Score,
            },
            options);
    }

    [Fact]
    public void What_the_user_says_goes_before_the_paper()
    {
        var study = new LowShotOptions
        {
            Epochs = 3,
            EvaluateEvery = 7,
            Training = new TrainingOptions { LearningRate = 1e-3, Steps = 20, Selection = CheckpointSelection.Last },
        };

        var options = study.For(new LowShotCell(100, 48, new LowShotArm(TrainingMethod.MiCse, 0.1, new LayerRange(0, 2), MutualInformationEstimator.Exact)));

        Assert.Equal((3, 20, 7), (options.Epochs, options.Steps, options.EvaluateEvery));
        Assert.Equal((0.1, new LayerRange(0, 2), MutualInformationEstimator.Exact), (options.Lambda, options.Layers, options.Estimator));
        Assert.Equal((1e-3, CheckpointSelection.Last), (options.LearningRate, options.Selection));
    }

    [Fact]
    public void Arms_are_all_combinations_and_simcse_is_one_of_them()
    {
        var arms = LowShotArm.Combine(
            [TrainingMethod.SimCse, TrainingMethod.MiCse], [1e-3, 0.1, 1e-3], [new LayerRange(0, 2), new LayerRange(2, 4)], []);

        Assert.Equal(
            ["SimCSE", "miCSE λ 0.001 layers 0..2", "miCSE λ 0.001 layers 2..4", "miCSE λ 0.1 layers 0..2", "miCSE λ 0.1 layers 2..4"],
            arms.Select(arm => arm.Name));
        Assert.Equal(
            ["0064-seed48-simcse", "0064-seed48-micse-lambda0.001-layers0-2", "0064-seed48-micse-lambda0.001-layers2-4"],
            arms.Take(3).Select(arm => new LowShotCell(64, 48, arm).FileName));
        Assert.Equal("miCSE exact", LowShotArm.Combine([TrainingMethod.MiCse], [], [], [MutualInformationEstimator.Exact]).Single().Name);
        Assert.Throws<ArgumentException>(() => LowShotArm.Combine([TrainingMethod.SimCse], [1e-3], [], []));
    }

    [Fact]
    public void Cells_come_seed_by_seed_and_once()
    {
        var options = new LowShotOptions { Shots = [100, 64, 100], Seeds = [49, 48], Arms = [LowShotArm.Control, MiCse] };

        Assert.Equal(
            ["0064-seed49-simcse", "0064-seed49-micse", "0100-seed49-simcse", "0100-seed49-micse", "0064-seed48-simcse", "0064-seed48-micse", "0100-seed48-simcse", "0100-seed48-micse"],
            options.Cells.Select(cell => cell.FileName));
    }

    [Fact]
    public void Fewer_sentences_than_a_batch_are_refused_with_what_to_do()
    {
        var failure = Assert.Throws<ArgumentException>(() => new LowShotOptions { Shots = [100, 32] }.Validate());

        Assert.Contains("32", failure.Message, StringComparison.Ordinal);
        Assert.Contains("batch size", failure.Message, StringComparison.Ordinal);
    }
}
