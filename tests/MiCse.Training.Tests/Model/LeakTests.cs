using MiCse.Training.Losses;
using MiCse.Training.Model;
using MiCse.Training.Optimization;
using TorchSharp;
using static TorchSharp.torch;
using AdamW = MiCse.Training.Optimization.AdamW;

namespace MiCse.Training.Tests.Model;

public class LeakTests
{
    [Fact]
    public void Training_steps_leave_no_tensor_behind()
    {
        // Statistics are per thread, so tests beside this one do not count.
        using var encoder = new EncoderModule(SmallModel.Config, 0.1, 0.1);
        using var projection = new ProjectionHead(SmallModel.Config);
        using var words = new MaskedLanguageModelHead(SmallModel.Config, encoder);
        var weights = new nn.Module[] { encoder, projection, words }.SelectMany(module => module.named_parameters()).ToList();
        var optimizer = new AdamW(weights);
        var (ids, mask) = SmallModel.Batch();
        var generator = new Generator(1);
        var live = new List<long>();
        for (var step = 1; step <= 50; step++)
        {
            using (NewDisposeScope())
            {
                var output = encoder.Forward(ids, mask, new LayerRange(2, 4), hiddenStates: true);
                var views = projection.Forward(output.Cls).unflatten(0, [-1, 2]);
                var loss = MiCseLoss.Sum(
                    ContrastiveLoss.Compute(views.select(1, 0), views.select(1, 1)),
                    AttentionMutualInformation.Sampled(output.AttentionMaps, generator) + AttentionMutualInformation.Exact(output.AttentionMaps),
                    words.Loss(output.LastHiddenState, ids),
                    1,
                    1e-3,
                    0.1);
                loss.Total.backward();
            }

            GradientClipping.Clip(weights.Select(weight => weight.parameter), 1);
            optimizer.Step(1e-3);
            encoder.zero_grad();
            live.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }

        Assert.True(live[^1] <= live[1], string.Join(' ', live));
    }
}
