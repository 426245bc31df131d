using MiCse.Explanation;
using MiCse.Initialization;
using MiCse.ModelFolders;
using MiCse.Training.Batches;
using MiCse.Training.Explanation;
using MiCse.Training.Losses;
using MiCse.Training.Model;
using MiCse.Training.Native;
using MiCse.Weights;
using static TorchSharp.torch;

namespace MiCse.Training.Tests.Explanation;

public sealed class AttentionExplainerTests : IDisposable
{
    private const string Text = "w7 w8 w9 w10 w11";

    private readonly TinyTraining _tiny = new();
    private readonly SentenceEncoder _encoder;

    public AttentionExplainerTests() => _encoder = SentenceEncoder.Load(_tiny.Model.Path);

    public void Dispose()
    {
        _encoder.Dispose();
        _tiny.Dispose();
    }

    [Fact]
    public void Views_are_compared_as_the_loss_compares_them_under_the_same_dropout()
    {
        using var explainer = AttentionExplainer.Load(_encoder);

        var views = Views(explainer, Text, pairs: 3, seed: 8);

        using var scope = NewDisposeScope();
        using var model = LoadModel();
        var batch = TwoViewBatch.From([new TrainingExample(Text, Text, null)], _encoder.Tokenizer, 12).Tokens;
        var (loss, byLayers) = (0.0, new double[3]);
        for (var pair = 0; pair < 3; pair++)
        {
            manual_seed(new Randomness(8).SeedFor(RandomPurpose.Dropout, pair));
            var maps = model.Forward(batch.IdTensor(TorchContext.Cpu()), batch.MaskTensor(TorchContext.Cpu()), new LayerRange(0, 4)).AttentionMaps;
            loss += AttentionMutualInformation.Exact([maps[2], maps[3]]).item<double>() / 3;
            for (var layer = 0; layer < 3; layer++)
            {
                Tensor[] two = [maps[layer], maps[layer + 1]];
                var share = AttentionRows.From(two, 2).Common.mean([], type: ScalarType.Float64).item<double>();
                byLayers[layer] += AttentionMutualInformation.Exact(two).item<double>() / ((share * share) + 1e-6) / 3;
            }
        }

        Assert.Equal(new LayerRange(2, 4), views.Layers);
        Assert.Equal(3, views.Pairs);
        Assert.Equal(loss, views.MutualInformation!.Value, 10);
        for (var layer = 0; layer < 3; layer++)
        {
            Assert.Equal(byLayers[layer], Mean(views.Heads, layer, layer + 2), 10);
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_numbers_at_any_time_and_after_any_number_of_threads()
    {
        using var one = AttentionExplainer.Load(_encoder);
        using var two = AttentionExplainer.Load(_encoder);

        var first = Views(one, Text, pairs: 2);
        rand(3).Dispose(); // somebody else's random numbers, and their number of threads
        using var threads = new ThreadCount(2);
        var again = Views(two, Text, pairs: 2);
        var other = Views(one, Text, pairs: 2, seed: 1);

        Assert.Equal(first.Heads.Values, again.Heads.Values);
        Assert.NotEqual(first.Heads.Values, other.Heads.Values);
        Assert.All(first.Heads.Values, value => Assert.InRange(value, 0, 13.9));
    }

    [Fact]
    public void Texts_of_equal_length_are_compared_without_dropout()
    {
        using var explainer = AttentionExplainer.Load(_encoder);

        var between = explainer.BetweenTexts(Text, "w20 w21 w9 w23 w24")!;

        Assert.Equal(between.Heads.Values, explainer.BetweenTexts(Text, "w20 w21 w9 w23 w24")!.Heads.Values);
        Assert.All(between.Heads.Values, value => Assert.InRange(value, 0, 13));
        // Nothing is dropped and nothing padded, so the loss's scale is 1 + 1e-6.
        Assert.Equal(Mean(between.Heads, 2, 4) * (1 + 1e-6), between.MutualInformation!.Value, 10);
        Assert.All(explainer.BetweenTexts(Text, Text)!.Heads.Values, value => Assert.InRange(value, 13.8, 13.9));
        Assert.Null(explainer.BetweenTexts(Text, "w20"));
    }

    [Fact]
    public void Texts_that_are_cut_to_one_length_can_be_compared()
    {
        using var encoder = SentenceEncoder.Load(_tiny.Model.Path, new SentenceEncoderOptions { MaxTokens = 5 });
        using var explainer = AttentionExplainer.Load(encoder);

        Assert.NotNull(explainer.BetweenTexts(Text, "w20 w21 w9 w23"));
        Assert.Equal(Views(explainer, "w7 w8 w9").Heads.Values, Views(explainer, Text).Heads.Values);
    }

    [Fact]
    public void Empty_and_one_word_texts_have_numbers()
    {
        using var explainer = AttentionExplainer.Load(_encoder);

        Assert.All(Views(explainer, "").Heads.Values, value => Assert.InRange(value, 0, 13.9));
        Assert.All(Views(explainer, "w7").Heads.Values, value => Assert.InRange(value, 0, 13.9));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void An_encoder_of_any_depth_has_its_heads(int layers)
    {
        var folder = _tiny.Folder("depth");
        var config = _tiny.Model.Config with { Layers = layers };
        ModelFolderWriter.Write(
            folder, new ModelContent { Config = config, Weights = ModelInitializer.Weights(config, seed: 1), TokenizerFolder = _tiny.Model.Path }, cancellationToken: TestContext.Current.CancellationToken);
        using var encoder = SentenceEncoder.Load(folder);
        using var explainer = AttentionExplainer.Load(encoder);

        var views = Views(explainer, Text);

        Assert.Equal((layers, config.Heads), (views.Heads.Rows, views.Heads.Columns));
        Assert.Equal(layers < 2, views.MutualInformation is null);
        Assert.Equal(layers < 2, views.Layers is null);
    }

    [Fact]
    public void A_cancelled_comparison_stops()
    {
        using var explainer = AttentionExplainer.Load(_encoder);
        using var cancellation = new CancellationTokenSource();
        var reports = new List<long>();

        Assert.Throws<OperationCanceledException>(() => explainer.BetweenViews(
            Text, progress: new Reports(done => { reports.Add(done); cancellation.Cancel(); }), cancellationToken: cancellation.Token));

        Assert.Equal([1L], reports);
    }

    private static AttentionInformation Views(AttentionExplainer explainer, string text, int pairs = 2, long seed = 42) =>
        explainer.BetweenViews(text, pairs, seed, cancellationToken: TestContext.Current.CancellationToken);

    private static double Mean(HeatMap map, int first, int end) =>
        Enumerable.Range(first, end - first).SelectMany(layer => Enumerable.Range(0, map.Columns).Select(head => map[layer, head])).Average();

    private EncoderModule LoadModel()
    {
        using var checkpoint = _tiny.Model.OpenCheckpoint();
        var config = _tiny.Model.Config;
        var model = new EncoderModule(config, config.HiddenDropout, config.AttentionDropout);
        CheckpointLoading.Load(model, EncoderWeights.From(checkpoint, config));
        return model;
    }

    private sealed class Reports(Action<long> report) : IProgress<long>
    {
        public void Report(long value) => report(value);
    }
}
