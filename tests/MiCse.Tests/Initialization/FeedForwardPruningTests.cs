using MiCse.Files;
using MiCse.Inference;
using MiCse.Initialization;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Numerics;
using MiCse.Tensors;
using MiCse.Tests.Data;
using MiCse.Tests.Inference;
using MiCse.Tests.Numerics;
using MiCse.Tokenization;
using MiCse.Vectors;
using MiCse.Weights;

namespace MiCse.Tests.Initialization;

public sealed class FeedForwardPruningTests : IDisposable
{
    private const int Neurons = 24;

    private static readonly string[] Texts = ["the dog", "winter is here", "a longer text about a dog in winter", "music"];

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Families => [.. ModelFamily.All.Select(family => family.ModelType)];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void With_all_neurons_the_model_is_the_same()
    {
        var model = Write("large", weight => weight);

        var small = Shrink(model, Neurons);

        Assert.Equal(Neurons, small.Config.IntermediateSize);
        Assert.All(Texts, text => Assert.Equal(Encode(model, text), Encode(small, text)));
    }

    [Fact]
    public void Neurons_that_are_the_same_for_every_token_are_left_out_without_a_change()
    {
        // Every third neuron is GELU(2) times its column whatever comes in: the bias takes it over.
        var model = Write("large", weight =>
            weight.Name.EndsWith(".intermediate.dense.weight", StringComparison.Ordinal) ? Changed(weight, (at, value) => at / 32 % 3 == 0 ? 0 : value)
            : weight.Name.EndsWith(".intermediate.dense.bias", StringComparison.Ordinal) ? Changed(weight, (at, value) => at % 3 == 0 ? 2 : value)
            : weight);

        var small = Shrink(model, Neurons * 2 / 3);

        Assert.Equal(Neurons * 2 / 3, small.Config.IntermediateSize);
        Assert.Equal(model.CountParameters() - (2 * 8 * ((2 * 32) + 1)), small.CountParameters());
        Assert.All(Texts.Append("other words, not looked at"), text => Assert.Equal(1, Similarity.Cosine(Encode(model, text), Encode(small, text)), 1e-6));
    }

    [Fact]
    public void What_is_kept_and_what_the_others_take_over_is_what_a_plain_computation_says()
    {
        // One layer, so that what goes into its feed-forward part can be had from a model whose feed-forward part adds nothing.
        var model = Write("large", weight => weight, layers: 1);
        var attended = Write("attended", weight => weight.Name.Contains("layer.0.output.dense", StringComparison.Ordinal) ? Changed(weight, (_, _) => 0) : weight, layers: 1);
        var inputs = Tokens(attended);
        using var checkpoint = model.OpenCheckpoint();
        var weights = EncoderWeights.From(checkpoint, model.Config);
        var names = WeightNames.Layer(0);
        var (inner, bias, output) = (weights[names.Intermediate.Weight].ToSingles(), weights[names.Intermediate.Bias].ToSingles(), weights[names.Output.Weight].ToSingles());
        var activations = Enumerable.Range(0, Neurons).Select(neuron => inputs.Select(input => Gelu(bias[neuron] + input.Select((value, at) => (double)value * inner[(neuron * 32) + at]).Sum())).ToArray()).ToArray();
        double[] means = [.. activations.Select(values => values.Average())];
        double[][] covariance = [.. activations.Select((values, neuron) => activations.Take(neuron + 1).Select((others, other) => values.Zip(others, (x, y) => x * y).Average() - (means[neuron] * means[other])).ToArray())];
        double[] lengths = [.. Enumerable.Range(0, Neurons).Select(neuron => Enumerable.Range(0, 32).Sum(row => Math.Pow(output[(row * Neurons) + neuron], 2)))];
        var rows = Enumerable.Range(0, 32).Select(row => PlainRegression.Choose(covariance, lengths, 7, [.. output.Skip(row * Neurons).Take(Neurons).Select(value => (double)value)])).ToArray();
        int[] kept = [.. rows[0].Pivots.Order()];

        var small = Shrink(model, 7);

        using var after = small.OpenCheckpoint();
        var found = EncoderWeights.From(after, small.Config);
        Assert.Equal([.. kept.SelectMany(neuron => inner.Skip(neuron * 32).Take(32))], found[names.Intermediate.Weight].ToSingles());
        Assert.Equal([.. kept.Select(neuron => bias[neuron])], found[names.Intermediate.Bias].ToSingles());
        Assert.All(found[names.Output.Weight].ToSingles(), (value, at) => Assert.Equal(rows[at / 7].Nearest[kept[at % 7]], value, 1e-4));
        var before = weights[names.Output.Bias].ToSingles();
        Assert.All(found[names.Output.Bias].ToSingles(), (value, row) => Assert.Equal(
            before[row] + Enumerable.Range(0, Neurons).Sum(neuron => means[neuron] * (output[(row * Neurons) + neuron] - rows[row].Nearest[neuron])), value, 1e-4));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void In_every_family_neurons_that_add_nothing_are_left_out_without_a_change(string modelType)
    {
        var model = Write(modelType, intermediate: 512, weight => WeightNames.IsOutputOfLayer(weight.Name) && weight.Shape[1] == 512 ? Changed(weight, (at, value) => at % 512 % 2 == 0 ? 0 : value) : weight);

        ModelShrinking.Write(_folder.File("small"), model, new ShrinkOptions { FeedForward = Pruning(model, 256) }, TestContext.Current.CancellationToken);

        var small = ModelFolder.Open(_folder.File("small"));
        Assert.Equal(256, small.Config.IntermediateSize);
        Assert.All(Texts, text => Assert.Equal(1, Similarity.Cosine(Encode(model, text), Encode(small, text)), 1e-6));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void In_every_family_kept_neurons_take_over_what_equal_ones_add_that_are_left_out(string modelType)
    {
        // Neurons in pairs with the same activation, with a column of the output matrix each.
        var model = Write(modelType, intermediate: 512, weight => weight.Shape[0] == 512 && weight.Name.StartsWith("encoder.layer.", StringComparison.Ordinal) ? InPairs(weight) : weight);

        ModelShrinking.Write(_folder.File("small"), model, new ShrinkOptions { FeedForward = Pruning(model, 256) }, TestContext.Current.CancellationToken);

        // Nearly: the ridge takes a thousandth.
        var small = ModelFolder.Open(_folder.File("small"));
        Assert.All(Texts, text => Assert.Equal(1, Similarity.Cosine(Encode(model, text), Encode(small, text)), 1e-4));
    }

    [Fact]
    public void Without_a_bias_it_is_a_regression_about_the_origin()
    {
        var model = Write("modernbert", intermediate: 32, weight => weight);
        using var checkpoint = model.OpenCheckpoint();
        var weights = EncoderWeights.From(checkpoint, model.Config);
        var (name, tokenizer) = (WeightNames.Layer(1).Output.Weight, Tokenizer.Load(model.TransformerPath));
        var measured = InputMeasurement.Of(
            weights, [Array.ConvertAll(Texts, text => tokenizer.Tokenize(text, 48).Ids)], new InputStatistics(0, weight => weight == name), new Team(1, TestContext.Current.CancellationToken)).Of(name)!;
        var output = weights[name].ToSingles();
        double[] lengths = [.. Enumerable.Range(0, 32).Select(neuron => Enumerable.Range(0, 24).Sum(row => Math.Pow(output[(row * 32) + neuron], 2)))];

        var found = Pruning(model, 6).Apply(name, weights[name]).ToSingles();

        Assert.False(model.Config.Plan.Biases.HasFlag(Biases.Output));
        Assert.All(Enumerable.Range(0, 24), row =>
        {
            var (pivots, nearest) = PlainRegression.Choose(measured.Products()!, lengths, 6, [.. output.Skip(row * 32).Take(32).Select(value => (double)value)]);
            Assert.All(pivots.Order().Index(), kept => Assert.Equal(nearest[kept.Item], found[(row * 6) + kept.Index], 1e-4));
        });
    }

    [Fact]
    public void A_tokenizer_with_more_pieces_than_the_model_has_rows_is_refused()
    {
        var model = Write("large", weight => weight);
        File.Delete(Path.Combine(model.Path, "tokenizer.json"));
        File.AppendAllLines(Path.Combine(model.Path, "vocab.txt"), ["another"]);

        Assert.Contains("rows of word embeddings", Assert.Throws<ModelFormatException>(() => Pruning(model, 4)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_size_that_a_family_rounds_up_is_refused_with_one_that_it_takes()
    {
        var model = Write("nomic_bert", intermediate: 512, weight => weight);

        var refusal = Assert.Throws<ModelFormatException>(() => Pruning(model, 100));

        Assert.Contains("an intermediate size of 100 would be read as 256, since the family rounds it up: take 256", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Layers_keep_their_own_neurons()
    {
        var model = Write("large", weight => weight, layers: 3);

        ModelShrinking.Write(_folder.File("small"), model, new ShrinkOptions { Layers = [2], FeedForward = Pruning(model, 5) }, TestContext.Current.CancellationToken);

        using var checkpoint = model.OpenCheckpoint();
        using var after = ModelFolder.Open(_folder.File("small")).OpenCheckpoint();
        var name = WeightNames.Layer(2).Intermediate.Bias;
        Assert.Equal(
            Pruning(model, 5).Apply(name, EncoderWeights.From(checkpoint, model.Config)[name]).ToSingles(),
            EncoderWeights.From(after, model.Config with { Layers = 1, IntermediateSize = 5 })[WeightNames.Layer(0).Intermediate.Bias].ToSingles());
    }

    [Fact]
    public void The_choice_does_not_depend_on_the_number_of_threads()
    {
        var model = Write("large", weight => weight);
        using var checkpoint = model.OpenCheckpoint();
        var weights = EncoderWeights.From(checkpoint, model.Config);

        var (one, three) = (Pruning(model, 9, threads: 1), Pruning(model, 9, threads: 3));

        Assert.All(weights.Tensors, weight => Assert.Equal(one.Apply(weight.Key, weight.Value).ToSingles(), three.Apply(weight.Key, weight.Value).ToSingles()));
    }

    [Fact]
    public void Cancelling_ends_the_measurement()
    {
        var model = Write("large", weight => weight);

        Assert.ThrowsAny<OperationCanceledException>(() => FeedForwardPruning.Of(model, Texts, 4, cancellationToken: new CancellationToken(canceled: true)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Neurons + 1)]
    public void More_neurons_than_there_are_and_none_are_refused(int size)
    {
        var model = Write("large", weight => weight);

        Assert.Contains($"{Neurons} neurons, of which {size} cannot be kept", Assert.Throws<ArgumentException>(() => Pruning(model, size)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_text_nothing_is_chosen() =>
        Assert.Contains("no text", Assert.Throws<ArgumentException>(() => FeedForwardPruning.Of(Write("large", weight => weight), [], 4, cancellationToken: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_sample_is_the_same_for_the_same_seed_and_takes_from_everywhere()
    {
        string[] texts = [.. Enumerable.Range(0, 1000).Select(number => $"{number}")];

        var sample = FeedForwardPruning.Sample(texts, 100, 7, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(100, sample.Distinct().Count());
        Assert.Equal(sample, FeedForwardPruning.Sample(texts, 100, 7, cancellationToken: TestContext.Current.CancellationToken));
        Assert.InRange(sample.Count(text => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) >= 500), 30, 70);
        Assert.Equal(texts.Take(3), FeedForwardPruning.Sample(texts.Take(3), 100, 7, cancellationToken: TestContext.Current.CancellationToken));
    }

    private static Tensor InPairs(Tensor weight)
    {
        var (values, width) = (weight.ToSingles(), (int)(weight.Shape.Count == 1 ? 1 : weight.Shape[1]));
        return Changed(weight, (at, _) => values[(at / width / 2 * 2 * width) + (at % width)]);
    }

    // x/2 · (1 + erf(x/√2)), the integral by Simpson's rule.
    private static double Gelu(double x)
    {
        const int Steps = 400;
        var (sum, step) = (0.0, x / Math.Sqrt(2) / Steps);
        for (var at = 0; at <= Steps; at++)
        {
            sum += Math.Exp(-Math.Pow(at * step, 2)) * (at is 0 or Steps ? 1 : at % 2 == 1 ? 4 : 2);
        }

        return x / 2 * (1 + (2 / Math.Sqrt(Math.PI) * sum * step / 3));
    }

    private static Tensor Changed(Tensor weight, Func<int, float, float> change) => Tensor.From(weight.Name, weight.Shape, weight.ToSingles().Select((value, at) => change(at, value)).ToArray());

    private static float[] Encode(ModelFolder model, string text)
    {
        using var encoder = SentenceEncoder.Load(model.Path);
        return encoder.Encode(text, TestContext.Current.CancellationToken);
    }

    private static List<float[]> Tokens(ModelFolder model)
    {
        using var encoder = SentenceEncoder.Load(model.Path);
        return [.. Texts.Select(text => encoder.EncodeTokens(text, TestContext.Current.CancellationToken).States).SelectMany(states => Enumerable.Range(0, states.Count).Select(token => states[token].ToArray()))];
    }

    private static FeedForwardPruning Pruning(ModelFolder model, int size, int threads = 2) => FeedForwardPruning.Of(model, Texts, size, threads, cancellationToken: TestContext.Current.CancellationToken);

    private ModelFolder Shrink(ModelFolder model, int size)
    {
        ModelShrinking.Write(_folder.File("small"), model, new ShrinkOptions { FeedForward = Pruning(model, size) }, TestContext.Current.CancellationToken);
        return ModelFolder.Open(_folder.File("small"));
    }

    private ModelFolder Write(string name, Func<Tensor, Tensor> change, int layers = 2)
    {
        var tokenizer = _folder.File("tokenizer");
        if (!Directory.Exists(tokenizer))
        {
            TinyModel.WriteTokenizer(tokenizer);
        }

        var config = ModelInitializer.Configure(Tokenizer.Load(tokenizer), new ModelSize(layers, 32, 4) { MaxTokens = 48 }) with { InitializerRange = 0.3, IntermediateSize = Neurons };
        ModelFolderWriter.Write(
            _folder.File(name),
            new ModelContent { Config = config, Weights = [.. ModelInitializer.Weights(config, seed: 3).Select(change)], TokenizerFolder = tokenizer, Chain = EmbeddingChain.Of(Pooling.Mean, normalize: true) },
            cancellationToken: TestContext.Current.CancellationToken);
        return ModelFolder.Open(_folder.File(name));
    }

    private ModelFolder Write(string modelType, int intermediate, Func<Tensor, Tensor> change)
    {
        var shape = new EncoderShape(modelType) { VocabularySize = 512, HiddenSize = 24, Layers = 2, Heads = 3, IntermediateSize = intermediate, MaxPositions = 66, PadTokenId = 1 };
        var weights = RandomEncoder.Weights(shape, 1);
        ModelFolderWriter.Write(
            _folder.File("model"),
            new ModelContent
            {
                Config = shape,
                Weights = [.. WeightNames.Required(shape).Select(weight => change(weights[weight.Name].WithName(weight.Name)))],
                TokenizerFolder = TinyModel.WriteTokenizer(_folder.File("tokenizer")),
                Chain = EmbeddingChain.Of(Pooling.Mean),
            },
            cancellationToken: TestContext.Current.CancellationToken);
        return ModelFolder.Open(_folder.File("model"));
    }
}
