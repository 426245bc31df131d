using MiCse.Models;
using MiCse.Tests;
using MiCse.Training.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace MiCse.Training.Tests.Model;

/// <summary>What gradients do in the parts that families have and BERT has not.</summary>
public class FamilyGradientTests
{
    public static TheoryData<string> Families => [.. ModelFamily.All.Select(family => family.ModelType)];

    [Theory]
    [MemberData(nameof(Families))]
    public void Gradients_are_the_same_on_any_number_of_threads_and_reach_every_weight(string family)
    {
        var before = get_num_threads();
        try
        {
            var one = Run(1);
            Assert.All(one, weight => Assert.True(weight.Largest > 0, weight.Name));
            Assert.All([2, 3], threads => Assert.Equal(one, Run(threads)));
        }
        finally
        {
            set_num_threads(before);
        }

        List<(string Name, string Gradient, float Largest)> Run(int threads)
        {
            using var scope = NewDisposeScope();
            set_num_threads(threads);
            manual_seed(1);
            using var encoder = new EncoderModule(Shape(family, hidden: 64), 0.1, 0.1);
            var ids = randint(5, 50, [64, 12], ScalarType.Int64);
            var mask = ones_like(ids);
            mask.narrow(0, 0, 9).narrow(1, 9, 3).zero_();
            var output = encoder.Forward(ids, mask, new LayerRange(0, 2));
            ((output.LastHiddenState.square() * arange(64)).sum() + output.AttentionMaps[1].square().sum()).backward();
            return [.. encoder.named_parameters().Select(weight => (
                weight.name, Convert.ToHexString(weight.parameter.grad!.contiguous().bytes.ToArray()), weight.parameter.grad!.abs().max().item<float>()))];
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Gradients_are_those_of_finite_differences(string family)
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        using var encoder = new EncoderModule(Shape(family, hidden: 8), 0, 0);
        encoder.to(ScalarType.Float64);
        encoder.eval();
        var ids = randint(5, 50, [2, 7], ScalarType.Int64);
        var mask = ones_like(ids);
        mask.narrow(0, 0, 1).narrow(1, 5, 2).zero_();
        var coefficients = randn([2, 7, 8], ScalarType.Float64) * mask.unsqueeze(2);
        var names = new[] { WeightNames.RelativeBias, WeightNames.EmbeddingProjection.Bias, WeightNames.Layer(0).Query.Weight, WeightNames.Layer(0).Gate.Weight, WeightNames.FinalNorm.Weight };
        var parameters = encoder.named_parameters().Where(weight => names.Contains(weight.name)).ToList();
        Assert.NotEmpty(parameters);
        foreach (var (name, parameter) in parameters)
        {
            var value = parameter.detach().clone();
            GradientCheck.Verify(At, value, tolerance: 1e-5);

            Tensor At(Tensor changed)
            {
                using (no_grad())
                {
                    parameter.copy_(changed);
                }

                encoder.zero_grad();
                var loss = (encoder.Forward(ids, mask).LastHiddenState * coefficients).sum();
                if (!changed.requires_grad)
                {
                    return loss;
                }

                loss.backward();
                return (changed * parameter.grad!.detach().clone()).sum(); // whose gradient is the parameter's
            }
        }
    }

    [Fact]
    public void Turning_is_a_rotation_by_the_difference_of_positions()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        var angles = RotaryAngles.Of([100, 7000], tokens: 9, headSize: 6, ScalarType.Float64, CPU);
        var (query, key) = (randn([2, 3, 9, 6], ScalarType.Float64), randn([2, 3, 9, 6], ScalarType.Float64));

        var (turnedQuery, turnedKey) = (angles.Turn(query), angles.Turn(key));

        TensorAssert.Near(query.norm(3), turnedQuery.norm(3), 1e-12, "length");
        TensorAssert.Near(query.select(2, 0), turnedQuery.select(2, 0), 0, "the first position");
        foreach (var (sequence, head, at, other) in new[] { (0, 0, 3, 7), (1, 2, 8, 1), (1, 0, 4, 4) })
        {
            // Complex numbers a + ib, times e^(i·position·frequency).
            var expected = Enumerable.Range(0, 3).Sum(c =>
            {
                var angle = (at - other) * Math.Pow(sequence == 0 ? 100 : 7000, -2.0 * c / 6);
                var q = new System.Numerics.Complex(query[sequence, head, at, c].item<double>(), query[sequence, head, at, c + 3].item<double>());
                var k = new System.Numerics.Complex(key[sequence, head, other, c].item<double>(), key[sequence, head, other, c + 3].item<double>());
                return (q * System.Numerics.Complex.Exp(new System.Numerics.Complex(0, angle)) * System.Numerics.Complex.Conjugate(k)).Real;
            });
            var found = (turnedQuery[sequence, head, at] * turnedKey[sequence, head, other]).sum().item<double>();
            Assert.Equal(expected, found, 12);
        }
    }

    [Fact]
    public void The_gradients_of_layers_that_share_weights_add_up()
    {
        using var scope = NewDisposeScope();
        var apart = SmallModel.Config with { Family = new PlannedFamily(new EncoderPlan()), Layers = 3 };
        var shared = apart with { Family = new PlannedFamily(new EncoderPlan { SharedWeights = _ => 0 }) };
        using var one = Module(shared);
        using var three = Module(apart);
        var weights = CheckpointLoading.Export(one).ToDictionary(tensor => tensor.Name);
        CheckpointLoading.Load(three, Enumerable.Range(0, 3).SelectMany(layer => weights.Values.Select(tensor =>
            tensor.WithName(tensor.Name.Replace("layer.0.", $"layer.{layer}.", StringComparison.Ordinal)))).DistinctBy(tensor => tensor.Name).ToDictionary(tensor => tensor.Name));
        var (ids, mask) = SmallModel.Batch();
        foreach (var module in new[] { one, three })
        {
            (module.Forward(ids, mask).LastHiddenState.square() * arange(16)).sum().backward();
        }

        var gradients = three.named_parameters().ToDictionary(weight => weight.name, weight => weight.parameter.grad!);
        Assert.All(one.named_parameters().Where(weight => weight.name.Contains("layer.0.", StringComparison.Ordinal)), weight => TensorAssert.NearLargest(
            Enumerable.Range(0, 3).Select(layer => gradients[weight.name.Replace("layer.0.", $"layer.{layer}.", StringComparison.Ordinal)]).Aggregate((sum, next) => sum + next),
            weight.parameter.grad!,
            1e-5,
            weight.name));

        static EncoderModule Module(EncoderShape shape)
        {
            manual_seed(4);
            return new EncoderModule(shape, 0, 0);
        }
    }

    /// <summary>A small shape of a family, in whose windows, distances and rotations something happens.</summary>
    private static EncoderShape Shape(string family, int hidden) => new(family)
    {
        VocabularySize = 50,
        HiddenSize = hidden,
        Layers = 2,
        Heads = 2,
        IntermediateSize = hidden,
        MaxPositions = 16,
        InitializerRange = 0.3,
        PadTokenId = Math.Min(ModelFamily.Of(family).PadTokenId, 3),
        EmbeddingSize = ModelFamily.Of(family).Keys.EmbeddingSize is null ? null : hidden / 2,
    };
}
