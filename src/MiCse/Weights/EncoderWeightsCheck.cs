using MiCse.Files;
using MiCse.Models;
using MiCse.Tensors;

namespace MiCse.Weights;

/// <summary>Compares the tensors of a checkpoint, under canonical names, with what its configuration asks for.</summary>
internal sealed class EncoderWeightsCheck(IReadOnlyDictionary<string, Tensor> tensors, EncoderShape config, WeightMap names)
{
    private readonly List<string> _missing = [];
    private readonly List<string> _misshapen = [];
    private readonly List<string> _mistyped = [];
    private readonly List<string> _problems = [];

    /// <summary>Everything that is wrong, one clause for each kind; empty when nothing is.</summary>
    public IReadOnlyList<string> Problems()
    {
        var expected = new HashSet<string>();
        foreach (var (name, shape) in WeightNames.Required(config).Concat(OptionalWeights()))
        {
            expected.Add(name);
            Check(name, shape);
        }

        Report(_missing, "key", "is", "are", "missing");
        Report(_misshapen, "key", "has", "have", "another shape");
        Report(_mistyped, "key", "is", "are", "not floating-point");
        if (tensors.Keys.Any(name => !expected.Contains(name)))
        {
            ReportExtra([.. tensors.Keys.Where(name => !expected.Contains(name)).Order(StringComparer.Ordinal)]);
        }

        return _problems;
    }

    private IEnumerable<WeightNames.Shaped> OptionalWeights() =>
        WeightNames.Optional(config)
            .Where(part => tensors.ContainsKey(part.Module.Weight) || tensors.ContainsKey(part.Module.Bias))
            .SelectMany(part => new[] { new WeightNames.Shaped(part.Module.Weight, part.Shape), new WeightNames.Shaped(part.Module.Bias, part.Shape[..1]) });

    private void Check(string name, long[] shape)
    {
        if (!tensors.TryGetValue(name, out var tensor))
        {
            _missing.Add(names.FileName(name));
            return;
        }

        if (!tensor.Type.IsFloatingPoint())
        {
            _mistyped.Add($"{names.FileName(name)} is {tensor.Type}");
        }

        if (TensorShape.AreEqual(tensor.Shape, shape))
        {
            return;
        }

        if (name == WeightNames.WordEmbeddings && tensor.Shape is [var rows, var columns] && columns == shape[1])
        {
            _problems.Add($"the vocabulary has another size: {config.Family.Keys.VocabularySize} is {shape[0]}, but {names.FileName(name)} has {rows} rows");
        }
        else
        {
            _misshapen.Add($"{names.FileName(name)} is {TensorShape.Describe(tensor.Shape)}, expected {TensorShape.Describe(shape)}");
        }
    }

    private void ReportExtra(List<string> extra)
    {
        var layers = extra.Select(LayerOf).Max();
        if (layers >= config.Layers && config.Plan.SharedWeights is null)
        {
            _problems.Add($"{config.Family.Keys.Layers} is {config.Layers}, but the file has {layers + 1L} layers");
            extra.RemoveAll(name => LayerOf(name) >= config.Layers);
        }

        Report(extra.Select(names.FileName), "key", "is", "are", "not part of such an encoder");
    }

    /// <summary>The 0-based layer a name belongs to, or null.</summary>
    private static int? LayerOf(string name) =>
        name.StartsWith(WeightNames.Layers, StringComparison.Ordinal)
        && int.TryParse(name[WeightNames.Layers.Length..].Split('.')[0], out var layer) ? layer : null;

    private void Report(IEnumerable<string> offending, string noun, string singular, string plural, string predicate)
    {
        // Stacked weights share a name.
        var keys = offending.Distinct().ToList();
        if (keys.Count > 0)
        {
            _problems.Add($"{Offenders.Describe(keys, noun, singular, plural)} {predicate}");
        }
    }
}
