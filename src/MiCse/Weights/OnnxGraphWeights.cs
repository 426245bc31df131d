using MiCse.Checkpoints;
using MiCse.Files;
using MiCse.Models;
using MiCse.Tensors;

namespace MiCse.Weights;

/// <summary>The weights of an int8 ONNX file that this library wrote, where they lie.</summary>
internal sealed class OnnxGraphWeights : GraphWeights
{
    // Tensors that are no weights, but belong to their quantization.
    private static readonly string[] s_others = [QuantizedWeight.ScalesEnding, QuantizedWeight.FactorsEnding, QuantizedWeight.SumsEnding];

    private readonly IReadOnlyDictionary<string, Tensor> _weights;

    private OnnxGraphWeights(IReadOnlyDictionary<string, Tensor> weights, EncoderShape config)
        : base(config) => _weights = weights;

    /// <summary>Reads a file and checks that every weight is there, of the right type and shape.</summary>
    /// <param name="file">The file; it may be closed when the encoder is there.</param>
    /// <param name="config">What the weights must fit.</param>
    /// <exception cref="ModelFormatException">The file is broken, does not fit or was not written by this library.</exception>
    public static OnnxGraphWeights Read(MappedFile file, EncoderShape config)
    {
        var weights = OnnxReader.Read(file);
        if (!OnnxReader.IsQuantized(weights))
        {
            throw new ModelFormatException(
                file.Path, "holds no int8 weights as `micse export --to onnx --precision int8` writes them; export the model with that, or give a folder with model.safetensors");
        }

        var wrong = Expected(config).Concat(Factors(config, weights)).Where(expected => !(weights.GetValueOrDefault(expected.Name) is { } weight
            && weight.Type == expected.Type && weight.Shape.SequenceEqual(expected.Shape))).Select(expected => expected.Name).ToList();
        return wrong.Count == 0
            ? new OnnxGraphWeights(weights, config)
            : throw new ModelFormatException(
                file.Path, $"does not fit config.json: {Offenders.Describe(wrong, "weight", "is", "are")} missing or of another shape");
    }

    public override long ParameterCount => _weights
        .Where(weight => !s_others.Any(ending => weight.Key.EndsWith(ending, StringComparison.Ordinal)) && !SentenceModule.IsWeight(weight.Key))
        .Sum(weight => weight.Value.Shape.Aggregate(1L, (product, size) => product * size));

    public override bool Has(string name) => _weights.ContainsKey(name) || _weights.ContainsKey(QuantizedWeight.ValuesName(name));

    public override Tensor Float(string name) => _weights[name];

    public override QuantizedWeight RightHandMatrix(string name) => new(
        _weights[QuantizedWeight.ValuesName(name)],
        _weights[QuantizedWeight.ScalesName(name)],
        WeightNames.SharingInput(name, Config).Select(weight => _weights.GetValueOrDefault(QuantizedWeight.FactorsName(weight))).FirstOrDefault(factors => factors is not null));

    public override QuantizedWeight Table(string name) => RightHandMatrix(name);

    private static IEnumerable<(string Name, TensorType Type, long[] Shape)> Expected(EncoderShape config)
    {
        foreach (var (name, shape) in WeightNames.Required(config))
        {
            if (shape.Length == 1 || WeightNames.IsSmallTable(name))
            {
                yield return (name, TensorType.Float32, shape);
                continue;
            }

            var isTable = name == WeightNames.WordEmbeddings;
            yield return (QuantizedWeight.ValuesName(name), TensorType.Int8, isTable ? shape : [shape[1], shape[0]]);
            yield return (QuantizedWeight.ScalesName(name), TensorType.Float32, isTable ? [shape[0], 1] : [shape[0]]);
        }
    }

    /// <summary>The factors that are there, one for each input.</summary>
    private static IEnumerable<(string Name, TensorType Type, long[] Shape)> Factors(EncoderShape config, IReadOnlyDictionary<string, Tensor> weights) =>
        from weight in WeightNames.Required(config)
        where weight.Shape.Length == 2 && weights.ContainsKey(QuantizedWeight.FactorsName(weight.Name))
        select (QuantizedWeight.FactorsName(weight.Name), TensorType.Float32, new[] { weight.Shape[1] });
}
