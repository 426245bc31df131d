using MiCse.Training.Losses;
using static TorchSharp.torch;

namespace MiCse.Training.Tests.Losses;

public class MiCseLossTests
{
    private const string Folder = "losses";

    public static TheoryData<string> Cases => GoldenTensors.CaseNames(Folder, "total_loss.json");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Whole_losses_and_their_gradients_are_the_references(string name) => Verify(name, ScalarType.Float32, "", 1e-5, 1e-4);

    [Theory]
    [MemberData(nameof(Cases))]
    public void In_float64_they_agree_to_1e_9(string name) => Verify(name, ScalarType.Float64, "_f64", 1e-9, 1e-9);

    [Fact]
    public void By_hand()
    {
        using var loss = MiCseLoss.Sum(tensor(2.0), tensor(0.5), tensor(3.0), alpha: 1.5, lambda: 4, maskedLanguageModelWeight: 0.1).Total;
        Assert.Equal((1.5 * 2) - (4 * 0.5) + (0.1 * 3), loss.item<double>(), 12);
    }

    [Fact]
    public void Without_attention_it_stays_float32()
    {
        using var loss = MiCseLoss.Sum(tensor(2f), null, null, alpha: 1, lambda: 4, maskedLanguageModelWeight: 0.1).Total;
        Assert.Equal((ScalarType.Float32, 2f), (loss.dtype, loss.item<float>()));
    }

    private static void Verify(string name, ScalarType type, string suffix, double tolerance, double gradientTolerance)
    {
        using var scope = NewDisposeScope();
        using var golden = new GoldenTensors(Folder, "total_loss.safetensors");
        var json = GoldenTensors.Case(name, Folder, "total_loss.json");
        var embeddings = golden[name + ".z"].to(type).clone().requires_grad_();
        var attentions = golden[name + ".attentions"].to(type).clone().requires_grad_();
        var views = embeddings.unflatten(0, [-1, 2]);
        var temperature = json.TryGetProperty("temp", out var given) ? given.GetDouble() : 0.05;
        var logits = ContrastiveLoss.Logits(views.select(1, 0), views.select(1, 1), null, temperature);
        if (json.TryGetProperty("diag_only", out var diagonal) && diagonal.GetBoolean())
        {
            logits = ReferenceOptions.DiagonalOnly(logits);
        }

        var maps = ReferenceOptions.Maps(attentions, json.GetProperty("min_layer").GetInt32(), json.GetProperty("max_layer").GetInt32());
        var loss = MiCseLoss.Sum(
            ContrastiveLoss.CrossEntropy(logits),
            AttentionMutualInformation.Sampled(maps, new Generator(1)),
            null,
            json.GetProperty("task_alpha").GetDouble(),
            json.GetProperty("task_lambda").GetDouble(),
            0);
        loss.Total.backward();

        Assert.Equal(ScalarType.Float64, loss.Total.dtype);
        TensorAssert.Near(json.GetProperty("infonce" + suffix).GetDouble(), loss.Contrastive.to(ScalarType.Float64).item<double>(), tolerance, 1e-6 * tolerance, "InfoNCE");
        TensorAssert.Near(-json.GetProperty("ami" + suffix).GetDouble(), loss.MutualInformation!.item<double>(), tolerance, 0, "AMI");
        TensorAssert.Near(json.GetProperty("loss" + suffix).GetDouble(), loss.Total.item<double>(), tolerance, 0, "loss");
        TensorAssert.NearLargest(golden[$"{name}.grad_z{suffix}"], embeddings.grad!, gradientTolerance, "gradient of the embeddings");
        TensorAssert.NearLargest(golden[name + ".grad_attentions"], attentions.grad!, 1e-4, "gradient of the attention maps");
    }
}
