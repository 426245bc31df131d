using MiCse.Checkpoints;
using MiCse.Models;
using MiCse.Tests;
using MiCse.Training.Model;
using MiCse.Weights;
using static TorchSharp.torch;

namespace MiCse.Training.Tests.Model;

/// <summary>The golden numbers of a family's reference, and its model.</summary>
internal sealed class FamilyGolden : IDisposable
{
    private readonly string _folder;
    private readonly GoldenTensors _cases;

    public FamilyGolden(string family)
    {
        _folder = Fixture.Shared("fixtures", "families", family);
        _cases = new GoldenTensors(_folder, "cases.safetensors");
        Config = EncoderShape.Load(Path.Combine(_folder, "config.json"));
    }

    /// <summary>The folders.</summary>
    public static TheoryData<string> Names => FamilyModels.Names;

    public EncoderShape Config { get; }

    public Tensor this[string name] => _cases[name];

    public bool Has(string name) => _cases.Has(name);

    /// <summary>The reference's model, in evaluation mode.</summary>
    public EncoderModule Load(double hiddenDropout = 0, double attentionDropout = 0)
    {
        using var checkpoint = Checkpoint.Open(Path.Combine(_folder, "model.safetensors"));
        var encoder = new EncoderModule(Config, hiddenDropout, attentionDropout);
        CheckpointLoading.Load(encoder, EncoderWeights.From(checkpoint, Config));
        encoder.eval();
        return encoder;
    }

    public void Dispose() => _cases.Dispose();
}
