using System.Text;
using MiCse.Files;
using MiCse.Tests;
using MiCse.Training.Contrastive;
using MiCse.Training.Loop;

namespace MiCse.Training.Tests.Loop;

/// <summary>A training that is resumed from damaged files continues, or says in a sentence that it cannot.</summary>
public sealed class DamagedCheckpointTests : IDisposable
{
    private static readonly TrainingOptions Options = TinyTraining.Options with { EvaluateEvery = 100, SaveEvery = 4 };

    private readonly TinyTraining _tiny = new();
    private readonly string _step;

    public DamagedCheckpointTests()
    {
        // Any exception that the trainer cannot know stands for a power cut.
        Assert.Throws<InvalidTimeZoneException>(() => _tiny.Train("out", Options, progress: step =>
        {
            if (step.Step == 6)
            {
                throw new InvalidTimeZoneException();
            }
        }));
        _step = Path.Combine(_tiny.Folder("out"), "checkpoint", "step-4");
    }

    public void Dispose() => _tiny.Dispose();

    [Theory]
    [InlineData("state.safetensors")]
    [InlineData("training.json")]
    public void A_damaged_checkpoint_is_resumed_or_refused_in_a_sentence(string name)
    {
        var whole = File.ReadAllBytes(Path.Combine(_step, name));
        Resume(name, whole);
        MutationRun.Check(whole, 250, bytes => Resume(name, bytes), failure => failure is ModelFormatException or TrainingDivergedException);
    }

    /// <summary>Resuming is slow; many more damages are tried on reading alone.</summary>
    [Theory]
    [InlineData("state.safetensors")]
    [InlineData("training.json")]
    public void A_damaged_checkpoint_is_read_or_refused_in_a_sentence(string name)
    {
        var file = Path.Combine(_step, name);
        MutationRun.Check(File.ReadAllBytes(file), 5_000, Read, failure => failure is ModelFormatException);

        void Read(byte[] bytes)
        {
            File.WriteAllBytes(file, bytes);
            using var checkpoint = TrainingCheckpoint<TrainingState<ContrastiveMeasures, TrainingScore>>.OpenLast(Path.GetDirectoryName(_step)!);
            _ = checkpoint!.BestWeights;
        }
    }

    [Fact]
    public void A_damaged_header_is_refused() =>
        AssertRefused("state.safetensors", File.ReadAllBytes(Fixture.Shared("fixtures", "field", "damaged", "training-ArgumentException-1.bin")));

    [Theory]
    [InlineData("\"Step\": 4", "\"Step\": -4")]
    [InlineData("\"Step\": 4", "\"Step\": 4000")]
    [InlineData("\"Step\": 4", "\"Step\": 4, \"Step\": 4")]
    [InlineData("\"Step\": 4", "\"Step\": 4e99")]
    [InlineData("\"Threads\": 1", "\"Threads\": 0")]
    [InlineData("\"Scores\": []", "\"Scores\": [null]")]
    [InlineData("\"Scores\": []", "\"Scores\": null")]
    [InlineData("\"Plan\": {", "\"Plan\": { \"\\ud800\": 1,")]
    [InlineData("\"Plan\": {", "\"Plan\": { \"Twice\": 1, \"Twice\": 2,")]
    public void A_state_that_no_training_writes_is_refused(string from, string to)
    {
        var state = File.ReadAllText(Path.Combine(_step, "training.json"));
        Assert.Contains(from, state, StringComparison.Ordinal);
        var at = state.LastIndexOf(from, StringComparison.Ordinal);
        AssertRefused("training.json", Encoding.UTF8.GetBytes(state[..at] + to + state[(at + from.Length)..]));
    }

    /// <summary>A tensor has another name, shape or type than the training's.</summary>
    [Theory]
    [InlineData("weight.embeddings.LayerNorm.bias", "weight.embeddings.LayerNorm.bios")]
    [InlineData("moment.embeddings.LayerNorm.bias.first_moment", "moment.embeddings.LayerNorm.bias.first_mom_nt")]
    [InlineData("\"F32\"", "\"I32\"")]
    public void A_state_of_other_tensors_is_refused(string from, string to)
    {
        var state = File.ReadAllBytes(Path.Combine(_step, "state.safetensors"));
        var at = state.AsSpan().IndexOf(Encoding.UTF8.GetBytes(from));
        Assert.True(at > 0 && from.Length == to.Length);
        Encoding.UTF8.GetBytes(to).CopyTo(state, at);
        AssertRefused("state.safetensors", state);
    }

    private void AssertRefused(string name, byte[] bytes)
    {
        var refusal = Assert.Throws<ModelFormatException>(() => Resume(name, bytes));
        Assert.DoesNotContain('\n', refusal.Message);
        Assert.InRange(refusal.Message.Length, 20, 1_000);
    }

    /// <summary>Resumes, and stops before the next step.</summary>
    private void Resume(string name, byte[] bytes)
    {
        File.WriteAllBytes(Path.Combine(_step, name), bytes);
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        try
        {
            _tiny.Train("out", Options, resume: true, cancellation: cancellation);
        }
        catch (OperationCanceledException)
        {
        }
    }
}
