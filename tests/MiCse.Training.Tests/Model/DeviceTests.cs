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
