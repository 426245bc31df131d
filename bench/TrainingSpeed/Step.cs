using MiCse.Models;
using MiCse.Numerics;
using MiCse.Tokenization;
using MiCse.Training.Batches;
using MiCse.Training.Losses;
using MiCse.Training.Model;
using MiCse.Training.Optimization;
using TorchSharp;
using AdamW = MiCse.Training.Optimization.AdamW;
using Parameter = TorchSharp.Modules.Parameter;
using static TorchSharp.torch;

namespace MiCse.TrainingSpeed;

/// <summary>Training steps of a variant, put together of the same parts as the trainers' own.</summary>
internal sealed class Step : IDisposable
{
    private const double Lambda = 5e-4;
    private const double Dropout = 0.1;

    private readonly Variant _variant;
    private readonly Tokenizer _tokenizer;
    private readonly EncoderModule _encoder;
    private readonly ProjectionHead? _projection;
    private readonly MaskedLanguageModelHead? _words;
    private readonly Parameter[] _parameters;
    private readonly AdamW _optimizer;
    private readonly LayerRange _needed;
    private long _steps;

    public Step(Variant variant, EncoderShape config, Tokenizer tokenizer)
    {
        (_variant, _tokenizer, Config) = (variant, tokenizer, config);
        manual_seed(1);
        _encoder = new EncoderModule(config, Dropout, Dropout, variant.Precision);
        _projection = variant.Objective == Objective.MaskedWords ? null : new ProjectionHead(config, variant.Precision);
        _words = variant.Objective == Objective.MaskedWords ? new MaskedLanguageModelHead(config, _encoder, variant.Precision) : null;
        _needed = LayerRange.Default(config.Layers);
        var named = Modules.SelectMany(module => module.named_parameters()).ToList();
        _parameters = [.. named.Select(parameter => parameter.parameter)];
        _optimizer = new AdamW(named);
    }

    public EncoderShape Config { get; }

    /// <summary>Where the time of all steps went.</summary>
    public StepClock Clock { get; } = new();

    private IEnumerable<nn.Module> Modules => new nn.Module?[] { _encoder, _projection, _words }.OfType<nn.Module>();

    /// <summary>One step: batch, forward, backward, clip, optimizer step.</summary>
    /// <returns>Tokens that are not padding, those that were computed, and those that were to be predicted.</returns>
    public (int Tokens, int Computed, int Predicted) Take(int[][] sequences, int length)
    {
        using var scope = NewDisposeScope();
        Clock.Start();
        var rows = _projection is null ? sequences : [.. sequences.SelectMany(ids => new[] { ids, ids })];
        var (padded, filled) = Pad(rows, length);
        var masked = _words is null ? null : MaskedTokens.From(new TokenBatch(rows, _tokenizer.SpecialTokens.Padding), _tokenizer, new RandomSequence(_steps));
        var ids = tensor(masked?.Ids ?? padded, [rows.Length, length], ScalarType.Int64);
        var mask = tensor(filled, [rows.Length, length], ScalarType.Int64);
        Clock.Stop(StepPart.Batch);
        var loss = Loss(ids, mask, masked, [rows.Length, length]);
        _ = loss.ToDouble(); // As the trainers look at it.
        Clock.Stop(StepPart.Forward);
        foreach (var module in Modules)
        {
            module.zero_grad();
        }

        loss.backward();
        Clock.Stop(StepPart.Backward);
        GradientClipping.Clip(_parameters, 1);
        _optimizer.Step(1e-4);
        Clock.Stop(StepPart.Optimizer);
        _steps++;
        return (filled.Sum(), filled.Length, masked?.Count ?? 0);
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        foreach (var module in Modules)
        {
            module.Dispose();
        }
    }

    private Tensor Loss(Tensor ids, Tensor mask, MaskedTokens? masked, long[] shape)
    {
        manual_seed(_steps);
        LayerRange? maps = _variant.Maps == AttentionMaps.EveryLayer ? new LayerRange(0, Config.Layers)
            : _variant.Objective == Objective.MiCse ? _needed
            : null;
        var output = _encoder.Forward(ids, mask, maps);
        if (masked is not null)
        {
            return _words!.Loss(output.LastHiddenState, tensor(masked.Labels, shape));
        }

        var pairs = _projection!.Forward(output.Cls).unflatten(0, [-1, 2]); // [sentences, 2, hidden]
        var loss = ContrastiveLoss.Compute(pairs.select(1, 0), pairs.select(1, 1));
        if (_variant.Objective == Objective.SimCse)
        {
            return loss;
        }

        using var generator = new Generator((ulong)_steps);
        var needed = output.AttentionMaps.Skip(_needed.First - maps!.Value.First).Take(_needed.Count).ToList();
        return loss - (Lambda * AttentionMutualInformation.Sampled(needed, generator));
    }

    private (int[] Ids, int[] Mask) Pad(int[][] rows, int length)
    {
        var ids = new int[rows.Length * length];
        var mask = new int[ids.Length];
        Array.Fill(ids, _tokenizer.SpecialTokens.Padding);
        for (var row = 0; row < rows.Length; row++)
        {
            rows[row].CopyTo(ids, row * length);
            mask.AsSpan(row * length, rows[row].Length).Fill(1);
        }

        return (ids, mask);
    }
}
