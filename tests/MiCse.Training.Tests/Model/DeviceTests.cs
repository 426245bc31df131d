using MiCse.Models;
using MiCse.Tokenization;
using MiCse.Training.Losses;
using MiCse.Training.Model;
using TorchSharp;
using static TorchSharp.torch;

namespace MiCse.Training.Tests.Model;

/// <summary>
/// The CPU is not assumed: on libtorch's device META, whose tensors have shapes and no elements, an operation with a tensor that was allocated on the CPU
/// is an error, as it would be on a GPU. META lacks layer norms, indices and logic, so a whole step cannot be tested here.
/// </summary>
public class DeviceTests
{
    private static readonly TorchContext Elsewhere = new(META, Precision.BFloat16);

    private static readonly long[] HiddenShape = [4, 6, SmallModel.Config.HiddenSize];

    [Fact]
    public void Weights_and_batches_are_on_the_device_of_the_context()
    {
        using var scope = NewDisposeScope();
        using var encoder = Elsewhere.Place(new EncoderModule(SmallModel.Config, 0, 0, Elsewhere.Precision));
        var batch = new TokenBatch([[1, 7, 8, 2], [1, 7, 2]], 0);

        Assert.All(encoder.parameters(), weight => Assert.Equal(DeviceType.META, weight.device_type));
        Assert.Equal(DeviceType.META, batch.IdTensor(Elsewhere).device_type);
        Assert.Equal(DeviceType.META, batch.MaskTensor(Elsewhere).device_type);
    }

    [Fact]
    public void Whatever_is_uploaded_is_on_the_device_of_the_context()
    {
        using var scope = NewDisposeScope();

        Assert.Equal(DeviceType.META, Elsewhere.Upload(tensor(new[] { 1f, 2 })).device_type);
        var here = tensor(new[] { 1f, 2 });
        Assert.Same(here, TorchContext.Cpu().Upload(here));
    }

    [Fact]
    public void Attention_bias_angles_and_distances_are_on_the_device_of_the_mask()
    {
        using var scope = NewDisposeScope();
        var mask = ones([2, 6], ScalarType.Int64, META);
        var angles = RotaryAngles.Of([10_000], 6, 8, ScalarType.BFloat16, META);

        var bias = new TokenPlaces(SmallModel.Config, mask, ScalarType.BFloat16, null).Of(0).Bias;
        var turned = angles.Turn(zeros([2, 2, 6, 8], ScalarType.BFloat16, META));

        Assert.Equal((DeviceType.META, ScalarType.BFloat16), (bias.device_type, bias.dtype));
        Assert.Equal((DeviceType.META, ScalarType.BFloat16), (turned.device_type, turned.dtype));
    }

    [Fact]
    public void The_optimizers_operations_stay_on_the_device_of_the_weights()
    {
        using var scope = NewDisposeScope();
        var weight = new TorchSharp.Modules.Parameter(zeros([3, 4], device: META));
        weight.grad = zeros([3, 4], device: META);
        using var optimizer = new Training.Optimization.AdamW([("weight", weight)], weightDecay: 0.1);

        _ = Training.Optimization.GradientClipping.Clip([weight], 1);
        optimizer.Step(1e-3);

        Assert.Equal(DeviceType.META, weight.device_type);
    }

    [Fact]
    public void Distillation_computes_on_the_device_of_its_input()
    {
        using var scope = NewDisposeScope();
        var (student, teacher, compared) = (zeros([4, 8], device: META, requires_grad: true), zeros([4, 8], device: META), zeros([6, 8], device: META));

        var loss = DistillationLoss.Cosine(student, teacher) + DistillationLoss.L2(student, teacher) + DistillationLoss.Similarity(student, teacher, compared, 0.1, 0.1);

        Assert.Equal(DeviceType.META, loss.device_type);
    }

    [Fact]
    public void On_another_device_than_the_cpu_bfloat16_is_the_type_of_hidden_states()
    {
        Assert.Equal(ScalarType.BFloat16, Elsewhere.StateType);
        Assert.Null(new TorchContext(META, Precision.Float32).StateType);
        Assert.Null(TorchContext.Cpu(Precision.BFloat16).StateType);
    }

    [Fact]
    public void Hidden_states_of_16_bits_give_nearly_the_vectors_and_gradients_of_32()
    {
        using var scope = NewDisposeScope();
        var (ids, mask) = SmallModel.Batch();
        var wide = Run(null);
        var narrow = Run(ScalarType.BFloat16);

        Assert.Equal(ScalarType.Float32, narrow.Output.LastHiddenState.dtype);
        Assert.All(narrow.Output.HiddenStates, state => Assert.Equal(ScalarType.Float32, state.dtype));
        Assert.All(narrow.Output.AttentionMaps, map => Assert.Equal(ScalarType.Float32, map.dtype));
        TensorAssert.NearLargest(wide.Output.LastHiddenState, narrow.Output.LastHiddenState, 0.03);
        TensorAssert.NearLargest(wide.Output.AttentionMaps[0], narrow.Output.AttentionMaps[0], 0.03);
        Assert.NotEqual(wide.Output.LastHiddenState.bytes.ToArray(), narrow.Output.LastHiddenState.bytes.ToArray());
        Assert.All(wide.Gradients.Zip(narrow.Gradients), pair => TensorAssert.NearLargest(pair.First, pair.Second, 0.1));

        (EncoderOutput Output, Tensor[] Gradients) Run(ScalarType? states)
        {
            manual_seed(4);
            var encoder = new EncoderModule(SmallModel.Config, 0, 0, states is null ? Precision.Float32 : Precision.BFloat16, states);
            var output = encoder.Forward(ids, mask, new LayerRange(1, 3), hiddenStates: true);
            output.LastHiddenState.select(2, 3).square().mean().backward();
            return (output, [.. encoder.named_parameters().Where(weight => weight.name.EndsWith("dense.weight", StringComparison.Ordinal)).Select(weight => weight.parameter.grad!)]);
        }
    }

    [Fact]
    public void A_gpu_that_is_not_there_is_refused_before_a_training_writes_anything()
    {
        Assert.SkipWhen(cuda.is_available(), "There is a GPU.");
        using var tiny = new TinyTraining();

        var missing = Assert.Throws<PlatformNotSupportedException>(() => tiny.Train("out", TinyTraining.Options with { Device = MiCse.Inference.ComputeDevice.Cuda }));

        Assert.StartsWith("There is no GPU that libtorch can use: ", missing.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(tiny.Folder("out")));
    }

    [Fact]
    public void Auto_without_a_gpu_is_the_processor_to_the_last_byte()
    {
        Assert.SkipWhen(cuda.is_available(), "There is a GPU.");
        using var tiny = new TinyTraining();
        tiny.Train("cpu", TinyTraining.Options with { Steps = 3 });
        tiny.Train("auto", TinyTraining.Options with { Steps = 3, Device = MiCse.Inference.ComputeDevice.Auto });

        Assert.Equal(tiny.Weights("cpu"), tiny.Weights("auto"));
    }

    [Fact]
    public void Pooling_and_head_compute_on_the_device_of_their_input()
    {
        using var scope = NewDisposeScope();
        using var projection = Elsewhere.Place(new ProjectionHead(SmallModel.Config, Elsewhere.Precision));
        var hidden = zeros(HiddenShape, device: META);
        var output = new EncoderOutput(hidden, [hidden, hidden], []);

        Assert.Equal(
            DeviceType.META, projection.Forward(TensorPooling.Pool(output, ones([4, 6], device: META), Pooling.MeanOfLastTwo)).device_type);
    }

    [Fact]
    public void The_contrastive_loss_computes_on_the_device_of_their_input()
    {
        using var scope = NewDisposeScope();
        var views = zeros([4, 8], device: META, requires_grad: true);

        var contrastive = ContrastiveLoss.Compute(views, views, views);
        contrastive.backward();

        Assert.Equal(DeviceType.META, contrastive.device_type);
        Assert.Equal(DeviceType.META, views.grad!.device_type);
    }
}
