using System.Text.Json;
using MiCse.Checkpoints;
using MiCse.Models;
using MiCse.Tests;
using MiCse.Training.Losses;
using MiCse.Training.Model;
using MiCse.Training.Optimization;
using MiCse.Weights;
using static TorchSharp.torch;
using AdamW = MiCse.Training.Optimization.AdamW;
using Parameter = TorchSharp.Modules.Parameter;

namespace MiCse.Training.Tests.Model;

/// <summary>Twelve whole training steps against the reference's trainer: forward, loss, backward, clipping, AdamW, schedule.</summary>
public class TrajectoryTests
{
    private const string Folder = "training";

    public static TheoryData<string> Trajectories => ["simcse", "simcse_mlm", "micse_deterministic"];

    [Theory]
    [MemberData(nameof(Trajectories))]
    public void With_torchs_AdamW_the_losses_are_the_references(string name)
    {
        using var scope = NewDisposeScope();
        using var run = new Run(name);
        var optimizer = new AdamW(run.Weights.Select(weight => (weight.Key, weight.Value)));
        var expected = run.Json.GetProperty("torch_optim_AdamW_run");

        run.Train(optimizer.Step, expected.GetProperty("loss"), expected.GetProperty("grad_norm"));

        if (name == "simcse")
        {
            run.CompareWeights("final_torch_adamw.safetensors", 1e-4);
        }
    }

    [Theory]
    [MemberData(nameof(Trajectories))]
    public void With_the_references_AdamW_the_final_weights_are_the_references_too(string name)
    {
        using var scope = NewDisposeScope();
        using var run = new Run(name);
        var optimizer = new TransformersAdamW([.. run.Weights.Values]);

        run.Train(optimizer.Step, run.Json.GetProperty("loss"), run.Json.GetProperty("grad_norm"));

        run.CompareWeights("final.safetensors", 1e-4);
    }

    private sealed class Run : IDisposable
    {
        private readonly string _name;
        private readonly EncoderModule _encoder;
        private readonly ProjectionHead _head;
        private readonly MaskedLanguageModelHead? _words;
        private readonly LayerRange? _layers;

        public Run(string name)
        {
            _name = name;
            Json = GoldenTensors.Json(Folder, name, "trajectory.json");
            var config = EncoderShape.Load(Fixture.Path(Folder, "config.json"));
            using var initial = Checkpoint.Open(Fixture.Path(Folder, "initial.safetensors"));
            var weights = EncoderWeights.From(initial, config);
            _encoder = new EncoderModule(config, 0, 0);
            _head = new ProjectionHead(config);
            CheckpointLoading.Load(_encoder, weights);
            CheckpointLoading.Load(_head, weights);
            if (name == "simcse_mlm")
            {
                using var words = new GoldenTensors(Folder, "initial_lm_head.safetensors");
                _words = new MaskedLanguageModelHead(config, tiedTo: null);
                CheckpointLoading.Load(_words, words.Tensors.ToDictionary(tensor => OwnName(tensor.Key), tensor => tensor.Value));
            }

            _layers = name == "micse_deterministic" ? new LayerRange(1, 3) : null;
            Weights = new[] { _encoder, _head, (nn.Module?)_words }
                .OfType<nn.Module>()
                .SelectMany(module => module.named_parameters())
                .ToDictionary(weight => weight.name, weight => weight.parameter);
        }

        public JsonElement Json { get; }

        public Dictionary<string, Parameter> Weights { get; }

        public void Train(Action<double> optimizerStep, JsonElement losses, JsonElement norms)
        {
            using var batches = new GoldenTensors(Folder, _name, "batches.safetensors");
            var schedule = new LearningRate(1e-3, 12);
            for (var step = 0; step < 12; step++)
            {
                using var scope = NewDisposeScope();
                foreach (var weight in Weights.Values)
                {
                    weight.grad = null;
                }

                var loss = Loss(batches, $"step{step}.");
                loss.backward();
                if (step == 0)
                {
                    CompareGradients();
                }

                var norm = GradientClipping.Clip(Weights.Values, 1).Read();
                optimizerStep(schedule.At(step));
                TensorAssert.Near(losses[step].GetDouble(), loss.to(ScalarType.Float64).item<double>(), 1e-4, what: $"loss of step {step}");
                TensorAssert.Near(norms[step].GetDouble(), norm, 1e-3, what: $"gradient norm of step {step}");
            }
        }

        public void CompareWeights(string file, double tolerance)
        {
            using var final = new GoldenTensors(Folder, _name, file);
            foreach (var (name, tensor) in Golden(final))
            {
                // The bias of the keys has no effect; its gradient is rounding, which Adam inflates.
                TensorAssert.Near(tensor, Weights[name], name.EndsWith("key.bias", StringComparison.Ordinal) ? 2e-3 : tolerance, name);
            }
        }

        public void Dispose()
        {
            _encoder.Dispose();
            _head.Dispose();
            _words?.Dispose();
        }

        private void CompareGradients()
        {
            using var gradients = new GoldenTensors(Folder, _name, "grads_step0.safetensors");
            foreach (var (name, tensor) in Golden(gradients))
            {
                TensorAssert.Near(tensor, Weights[name].grad!, 1e-5, "gradient of " + name);
            }
        }

        private Tensor Loss(GoldenTensors batches, string step)
        {
            Tensor Batch(string name) => batches[step + name].flatten(0, 1); // [16, tokens]: row b, sentence s → 2b + s
            var (mask, types) = (Batch("attention_mask"), Batch("token_type_ids"));
            var output = _encoder.Forward(Batch("input_ids"), mask, _layers, tokenTypes: types);
            var views = _head.Forward(output.Cls).unflatten(0, [-1, 2]);
            var contrastive = ContrastiveLoss.Compute(views.select(1, 0), views.select(1, 1));
            var information = _layers is null ? null : AttentionMutualInformation.Sampled(output.AttentionMaps, new Generator(1));
            var masked = _words?.Loss(
                _encoder.Forward(Batch("mlm_input_ids"), mask, tokenTypes: types).LastHiddenState, Batch("mlm_labels"));
            return MiCseLoss.Sum(contrastive, information, masked, alpha: 1, lambda: 0.5, maskedLanguageModelWeight: 0.1).Total;
        }

        private static IEnumerable<(string Name, Tensor Tensor)> Golden(GoldenTensors file) =>
            file.Tensors.Keys.Where(name => name != "lm_head.decoder.bias").Select(name => (OwnName(name), file[name]));

        /// <summary>In the reference lm_head.bias and lm_head.decoder.bias are one parameter.</summary>
        private static string OwnName(string name) =>
            name == "lm_head.bias" ? "lm_head.decoder.bias"
            : name.StartsWith("bert.", StringComparison.Ordinal) ? name["bert.".Length..] : name;
    }

    /// <summary>The AdamW of transformers 4.22, whose ε is added before the bias correction.</summary>
    private sealed class TransformersAdamW(List<Parameter> parameters)
    {
        private readonly List<(Tensor First, Tensor Second)> _moments =
            parameters.ConvertAll(parameter => (zeros_like(parameter).detach(), zeros_like(parameter).detach()));

        private int _steps;

        public void Step(double rate)
        {
            _steps++;
            using var scope = NewDisposeScope();
            using var noGradients = no_grad();
            var size = rate * Math.Sqrt(1 - Math.Pow(0.999, _steps)) / (1 - Math.Pow(0.9, _steps));
            foreach (var (parameter, (first, second)) in parameters.Zip(_moments))
            {
                var gradient = parameter.grad!;
                first.mul_(0.9).add_(gradient, alpha: 0.1);
                second.mul_(0.999).add_(gradient * gradient, alpha: 0.001);
                parameter.sub_(first / (second.sqrt() + 1e-8) * size);
            }
        }
    }
}
