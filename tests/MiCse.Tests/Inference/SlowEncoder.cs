using System.Numerics;
using MiCse.Models;
using MiCse.Weights;

namespace MiCse.Tests.Inference;

/// <summary>
/// The slow twin of every encoder: one sequence at a time through the plan in plain float64 loops, as the
/// papers write it. Its agreement with the reference's float64 run to 1e-9 is tested, so others can be tested against it.
/// </summary>
/// <param name="weights">A complete encoder.</param>
/// <param name="rounded">The same weights, of which those in int8 are taken: what is multiplied with them is rounded to bytes too; null: all is exact.</param>
internal sealed class SlowEncoder(EncoderWeights weights, GraphWeights? rounded = null)
{
    private readonly EncoderShape _config = weights.Config;
    private readonly EncoderPlan _plan = weights.Config.Plan;
    private readonly Dictionary<string, double[]> _widened = [];

    /// <summary>What the tokens of the last sequence attended to: [layer][head, query, key], one after the other.</summary>
    public List<double[]> Attentions { get; } = [];

    /// <summary>Hidden states [layer][token][hidden]; layer 0 is the embedding output.</summary>
    public List<double[][]> HiddenStates(ReadOnlySpan<int> ids, ReadOnlySpan<int> mask, ReadOnlySpan<int> types)
    {
        Attentions.Clear();
        var states = new List<double[][]> { Embed(ids, types) };
        for (var layer = 0; layer < _config.Layers; layer++)
        {
            states.Add(Layer(layer, states[^1], mask.ToArray()));
        }

        states[^1] = _plan.FinalNorm ? Array.ConvertAll(states[^1], token => Norm(token, WeightNames.FinalNorm)) : states[^1];
        return states;
    }

    /// <summary>The embedding of a sequence from its hidden states.</summary>
    public double[] Pool(List<double[][]> states, ReadOnlySpan<int> mask, Pooling pooling)
    {
        var attended = mask.ToArray();
        return pooling switch
        {
            Pooling.ClsBeforePooler => states[^1][0],
            Pooling.Cls when weights.HasProjectionHead => Head(states[^1][0], WeightNames.ProjectionHead),
            Pooling.Cls when weights.HasPooler => Head(states[^1][0], WeightNames.Pooler),
            Pooling.Cls => states[^1][0],
            Pooling.Mean => Mean(states[^1]),
            Pooling.MeanOfLastTwo => Midpoint(Mean(states[^1]), Mean(states[^2])),
            Pooling.MeanOfFirstAndLast => Midpoint(Mean(states[^1]), Mean(states[0])),
            Pooling.Max => PerDimension(tokens => tokens.Max(token => token.Value)),
            Pooling.MeanSqrtLength => PerDimension(tokens => tokens.Sum(token => token.Value) / Math.Sqrt(tokens.Count)),
            Pooling.WeightedMean => PerDimension(tokens => tokens.Sum(token => token.Place * token.Value) / tokens.Sum(token => token.Place)),
            Pooling.LastToken => PerDimension(tokens => tokens[^1].Value),
            _ => throw new ArgumentOutOfRangeException(nameof(pooling)),
        };

        double[] PerDimension(Func<List<(int Place, double Value)>, double> reduce) =>
            [.. Enumerable.Range(0, _config.HiddenSize).Select(d => reduce([.. Enumerable.Range(0, states[^1].Length).Where(t => attended[t] == 1).Select(t => (t + 1, states[^1][t][d]))]))];

        double[] Mean(double[][] tokens) =>
            [.. Enumerable.Range(0, _config.HiddenSize).Select(d => Enumerable.Range(0, tokens.Length).Where(t => attended[t] == 1).Average(t => tokens[t][d]))];
    }

    public double[] Head(double[] cls, WeightNames.Affine dense) => [.. Linear(cls, dense).Select(Math.Tanh)];

    private static double[] Midpoint(double[] first, double[] second) => [.. first.Zip(second, (x, y) => (x + y) / 2)];

    private double[][] Embed(ReadOnlySpan<int> ids, ReadOnlySpan<int> types)
    {
        var words = Of(WeightNames.WordEmbeddings);
        var positions = _plan.Positions is null ? null : Of(WeightNames.PositionEmbeddings);
        var kinds = _plan.TokenTypes == TokenTypes.None ? null : Of(WeightNames.TokenTypeEmbeddings);
        var size = _plan.EmbeddingSize ?? _config.HiddenSize;
        var result = new double[ids.Length][];
        var count = 0;
        for (var t = 0; t < ids.Length; t++)
        {
            var position = t;
            if (_plan.Positions?.PaddingId is { } padding)
            {
                var isToken = ids[t] != padding;
                count += isToken ? 1 : 0;
                position = isToken ? padding + count : padding;
            }

            var sum = new double[size];
            for (var d = 0; d < size; d++)
            {
                sum[d] = words[ids[t] * size + d] + (positions?[position * size + d] ?? 0) + (kinds?[types[t] * size + d] ?? 0);
            }

            var embedding = Norm(sum, WeightNames.EmbeddingsNorm);
            result[t] = _plan.EmbeddingSize is null ? embedding : Linear(embedding, WeightNames.EmbeddingProjection);
        }

        return result;
    }

    private double[][] Layer(int layer, double[][] input, int[] mask)
    {
        var shared = _plan.SharedWeights?.Invoke(layer) ?? layer;
        var names = WeightNames.Layer(shared);
        var before = _plan.Norm == NormPlacement.Before;
        var normsInput = before && (shared > 0 || _plan.NormsFirstInput);
        var attending = normsInput ? Array.ConvertAll(input, token => Norm(token, names.AttentionNorm)) : input;
        var queries = Array.ConvertAll(attending, token => Linear(token, names.Query));
        var keys = Array.ConvertAll(attending, token => Linear(token, names.Key));
        var values = Array.ConvertAll(attending, token => Linear(token, names.Value));
        if (_plan.Rotary is { } rotary)
        {
            var rotaryBase = rotary.Base(layer);
            if (rotary.Scaling is { } scaling && input.Length > scaling.TrainedTokens)
            {
                rotaryBase *= Math.Pow(scaling.Factor * input.Length / scaling.TrainedTokens - scaling.Factor + 1, _config.HeadSize / (_config.HeadSize - 2.0));
            }

            queries = [.. queries.Select((query, position) => Turn(query, position, rotaryBase))];
            keys = [.. keys.Select((key, position) => Turn(key, position, rotaryBase))];
        }

        var attention = new double[_config.Heads, input.Length, input.Length];
        var result = Enumerable.Range(0, input.Length).Select(t =>
        {
            var context = Attend(layer, t, queries[t], keys, values, mask, attention);
            var attended = Plus(Linear(context, names.AttentionOutput), input[t]);
            var middle = before ? attended : Norm(attended, names.AttentionNorm);
            var inner = Array.ConvertAll(Linear(before ? Norm(middle, names.OutputNorm) : middle, names.Intermediate), Activate);
            if (_plan.Gated)
            {
                var gate = Linear(before ? Norm(middle, names.OutputNorm) : middle, names.Gate);
                inner = [.. inner.Zip(gate, (x, y) => x * y)];
            }

            var output = Plus(Linear(inner, names.Output), middle);
            return before ? output : Norm(output, names.OutputNorm);
        }).ToArray();
        Attentions.Add([.. attention.Cast<double>()]);
        return result;
    }

    /// <summary>Pairs (c, c + size / 2) of each head as complex numbers times e^(i · angle).</summary>
    private double[] Turn(double[] vector, int position, double rotaryBase)
    {
        var (size, result) = (_config.HeadSize, (double[])vector.Clone());
        for (var start = 0; start < vector.Length; start += size)
        {
            for (var c = 0; c < size / 2; c++)
            {
                var turned = new Complex(vector[start + c], vector[start + c + size / 2]) * Complex.FromPolarCoordinates(1, position * Math.Pow(rotaryBase, -2.0 * c / size));
                (result[start + c], result[start + c + size / 2]) = (turned.Real, turned.Imaginary);
            }
        }

        return result;
    }

    private double[] Attend(int layer, int place, double[] query, double[][] keys, double[][] values, int[] mask, double[,,] attention)
    {
        var context = new double[query.Length];
        var size = _config.HeadSize;
        var window = _plan.Window?.Invoke(layer) ?? keys.Length;
        for (var head = 0; head < _config.Heads; head++)
        {
            var start = head * size;
            var weight = new double[keys.Length];
            for (var k = 0; k < keys.Length; k++)
            {
                var score = Enumerable.Range(start, size).Sum(d => query[d] * keys[k][d]) / Math.Sqrt(size);
                score += _plan.RelativeBias is { } bias ? Of(WeightNames.RelativeBias)[bias.Bucket(k - place) * _config.Heads + head] : 0;
                weight[k] = mask[k] == 1 && Math.Abs(k - place) <= window ? Math.Exp(score) : 0;
            }

            // A mask with holes may hide the whole window.
            var total = weight.Sum() is > 0 and var sum ? sum : 1;
            for (var k = 0; k < keys.Length; k++)
            {
                attention[head, place, k] = weight[k] / total;
            }

            for (var d = start; d < start + size; d++)
            {
                context[d] = Enumerable.Range(0, keys.Length).Sum(k => weight[k] / total * values[k][d]);
            }
        }

        return context;
    }

    private double Activate(double x) => _plan.Activation switch
    {
        Activation.Gelu => Gelu(x),
        Activation.GeluTanh => GeluTanh(x),
        Activation.Silu => Silu(x),
        Activation.Relu => Math.Max(x, 0),
        _ => throw new ArgumentOutOfRangeException(nameof(x)),
    };

    public static double GeluTanh(double x) => x / 2 * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));

    public static double Silu(double x) => x / (1 + Math.Exp(-x));

    private double[] Linear(double[] input, WeightNames.Affine names)
    {
        var weight = Of(names.Weight);
        var output = weights.Tensors.ContainsKey(names.Bias) ? (double[])Of(names.Bias).Clone() : new double[weight.Length / input.Length];
        input = rounded is null ? input : Round(Scaled(input, rounded.RightHandMatrix(names.Weight).Factors));
        for (var o = 0; o < output.Length; o++)
        {
            for (var i = 0; i < input.Length; i++)
            {
                output[o] += weight[o * input.Length + i] * input[i];
            }
        }

        return output;
    }

    private double[] Norm(double[] input, WeightNames.Affine names)
    {
        var weight = Of(names.Weight);
        var bias = weights.Tensors.ContainsKey(names.Bias) ? Of(names.Bias) : new double[input.Length];
        var mean = input.Average();
        var deviation = Math.Sqrt(input.Average(x => (x - mean) * (x - mean)) + _config.LayerNormEpsilon);
        return [.. input.Select((x, d) => (x - mean) / deviation * weight[d] + bias[d])];
    }

    private static double[] Plus(double[] first, double[] second) => [.. first.Zip(second, (x, y) => x + y)];

    public static double Gelu(double x) => x / 2 * (1 + Erf(x / Math.Sqrt(2)));

    /// <summary>The error function by its Taylor series, and by a continued fraction of its complement beyond 2.5.</summary>
    private static double Erf(double x)
    {
        if (Math.Abs(x) > 2.5)
        {
            var fraction = 0.0;
            for (var n = 120; n > 0; n--)
            {
                fraction = n / 2.0 / (Math.Abs(x) + fraction);
            }

            return Math.Sign(x) * (1 - Math.Exp(-x * x) / Math.Sqrt(Math.PI) / (Math.Abs(x) + fraction));
        }

        var (sum, term) = (0.0, x);
        for (var n = 0; n < 80; n++)
        {
            sum += term / (2 * n + 1);
            term *= -x * x / (n + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * sum;
    }

    private static double[] Scaled(double[] row, MiCse.Tensors.Tensor? factors) =>
        factors is null ? row : [.. row.Zip(factors.ToSingles(), (x, factor) => x * factor)];

    /// <summary>The nearest of 255 evenly spaced numbers from the least to the largest.</summary>
    private static double[] Round(double[] row)
    {
        var (middle, half) = ((row.Max() + row.Min()) / 2, Math.Max((row.Max() - row.Min()) / 2, 1e-30));
        return Array.ConvertAll(row, x => Math.Round((x - middle) / half * 127) * half / 127 + middle);
    }

    private double[] Of(string name)
    {
        if (!_widened.TryGetValue(name, out var values))
        {
            values = Array.ConvertAll(weights[name].ToSingles(), x => (double)x);
            if (rounded is not null && weights[name].Shape.Count == 2 && !WeightNames.IsSmallTable(name))
            {
                values = name == WeightNames.WordEmbeddings ? Values(rounded.Table(name), isTable: true) : Values(rounded.RightHandMatrix(name), isTable: false);
            }

            _widened[name] = values;
        }

        return values;
    }

    /// <summary>The numbers that quantized ones stand for, [rows, columns] as in a checkpoint.</summary>
    private static double[] Values(QuantizedWeight weight, bool isTable)
    {
        var (first, second) = ((int)weight.Values.Shape[0], (int)weight.Values.Shape[1]);
        var (values, scales) = (weight.Values.Bytes.ToArray(), weight.Scales.ToSingles());
        return isTable
            ? [.. values.Select((value, index) => (sbyte)value * (double)scales[index / second])]
            : [.. Enumerable.Range(0, first * second).Select(index => (sbyte)values[index % first * second + index / first] * (double)scales[index / first])];
    }
}
