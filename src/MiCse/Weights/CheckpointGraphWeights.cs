using MiCse.Models;
using MiCse.Tensors;

namespace MiCse.Weights;

/// <summary>The weights of a checkpoint, quantized to int8 when they are asked for so.</summary>
/// <param name="weights">The weights.</param>
/// <param name="measure">Measures what goes into its linear layers, when that is first needed for int8; null: inputs are quantized without factors.</param>
internal sealed class CheckpointGraphWeights(EncoderWeights weights, Func<EncoderWeights, InputStatistics>? measure = null) : GraphWeights(weights.Config)
{
    private readonly Lazy<InputStatistics?> _statistics = new(() => measure?.Invoke(weights));
    private readonly Dictionary<string, float[]?> _factors = [];

    public override long ParameterCount => weights.Tensors.Values.Sum(tensor => tensor.ElementCount);

    public override bool Has(string name) => weights.Tensors.ContainsKey(name);

    public override Tensor Float(string name) => weights[name].ToFloat32();

    public override Tensor Stored(string name) => weights[name];

    public override QuantizedWeight RightHandMatrix(string name)
    {
        var factors = Factors(name);
        var matrix = QuantizedMatrix.From(weights[name], QuantizedMatrix.MatMulLevels, weights.Source, factors);
        return matrix.ToRightHandMatrix() with { Factors = factors is null ? null : Tensor.From(QuantizedWeight.FactorsName(name), [factors.Length], factors) };
    }

    public override QuantizedWeight Table(string name) => QuantizedMatrix.From(weights[name], QuantizedMatrix.TableLevels, weights.Source).ToTable();

    /// <summary>The factors of the input of a matrix; those that have the same input have the same.</summary>
    private float[]? Factors(string name)
    {
        if (_statistics.Value?.Of(name) is not { } input)
        {
            return null;
        }

        var sharing = WeightNames.SharingInput(name, Config);
        lock (_factors)
        {
            if (!_factors.TryGetValue(sharing[0], out var factors))
            {
                _factors[sharing[0]] = factors = InputFactors.Choose(input, [.. sharing.Select(matrix => weights[matrix])]);
            }

            return factors;
        }
    }
}
