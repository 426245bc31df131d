using MiCse.Files;
using MiCse.Inference;
using MiCse.Initialization;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tensors;
using MiCse.Tests.Data;
using MiCse.Tests.Inference;
using MiCse.Tokenization;
using MiCse.Weights;

namespace MiCse.Tests.Initialization;

public sealed class ModelGrowthTests : IDisposable
{
    private static readonly string[] Texts = ["the dog", "winter is here", "a longer text about a dog in winter"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private readonly TemporaryFolder _folder = new();
    private readonly string _tokenizer;

    public ModelGrowthTests() => _tokenizer = TinyModel.WriteTokenizer(_folder.File("tokenizer"));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void A_grown_model_computes_the_same(int layers)
    {
        Write("small", layers, hidden: 32);
        MakeNormsUneven("small", "uneven");

        ModelGrowth.Write(_folder.File("grown"), ModelFolder.Open(_folder.File("uneven")), 4, 9, TestContext.Current.CancellationToken);

        Assert.Equal(4, ModelFolder.Open(_folder.File("grown")).Config.Layers);
        AssertSameEmbeddings("uneven", "grown", 2e-5f);
    }

    [Theory]
    [InlineData("roberta")]
    [InlineData("mpnet")]
    [InlineData("modernbert")]
    [InlineData("nomic_bert")]
    [InlineData("electra")]
    public void New_layers_of_any_family_change_nothing(string modelType)
    {
        var shape = new EncoderShape(modelType)
        {
            VocabularySize = 40, HiddenSize = 24, Layers = 2, Heads = 3, IntermediateSize = 40, MaxPositions = 30, PadTokenId = 1, LayerNormEpsilon = 1e-9,
        };
        var weights = RandomEncoder.Weights(shape, 1);
        var deeper = shape with { Layers = 5 };
        var file = new CheckpointNames(shape.Family.NamesOf(shape)).ToFile(ModelGrowth.Weights(weights, deeper, 2)).ToDictionary(tensor => tensor.Name);
        var ids = RandomEncoder.Ids(new Random(3), shape, 20);
        using var before = new CpuEngine(weights, Pooling.Mean, normalize: false, threads: 1);
        using var after = new CpuEngine(EncoderWeights.From(file, deeper, "grown"), Pooling.Mean, normalize: false, threads: 1);
        Close.Assert(before.Encode([ids], Token).Values.ToArray(), after.Encode([ids], Token).Values.ToArray(), 2e-5);
    }

    [Fact]
    public void Layers_that_share_their_weights_are_not_added_to()
    {
        var shape = new EncoderShape("albert") { VocabularySize = 512, HiddenSize = 24, Layers = 2, Heads = 3, IntermediateSize = 40, MaxPositions = 66 };
        ModelFolderWriter.Write(
            _folder.File("albert"),
            new ModelContent { Config = shape, Weights = ModelInitializer.Weights(shape, 1), TokenizerFolder = _tokenizer, Chain = EmbeddingChain.Of(Pooling.Mean) },
            cancellationToken: Token);
        var refusal = Assert.Throws<ModelFormatException>(() => ModelGrowth.Write(_folder.File("grown"), ModelFolder.Open(_folder.File("albert")), 4, 9, Token));
        Assert.Contains("is of the type albert, whose layers share their weights", refusal.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("grown")));
    }

    [Fact]
    public void Growing_needs_more_layers_than_there_are()
    {
        Write("small", 2, hidden: 32);

        var refusal = Assert.Throws<ArgumentException>(() =>
            ModelGrowth.Write(_folder.File("grown"), ModelFolder.Open(_folder.File("small")), 2, 9, TestContext.Current.CancellationToken));

        Assert.Contains("has 2 layers already", refusal.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("grown")));
    }

    [Fact]
    public void A_model_of_word_vectors_starts_as_their_average()
    {
        var tokenizer = Tokenizer.Load(_tokenizer);
        var texts = Enumerable.Range(0, 50).SelectMany(_ => Texts);
        var vectors = WordVectors.Learn(
            Cooccurrences.Count(texts, "texts", tokenizer, cancellationToken: TestContext.Current.CancellationToken),
            dimensions: 4,
            seed: 1,
            cancellationToken: TestContext.Current.CancellationToken);
        var shape = new ModelSize(2, 16, 2);
        Assert.Equal(4, ModelInitializer.DimensionsOfWords(shape));
        ModelInitializer.Write(_folder.File("words"), _tokenizer, shape, 1, vectors, cancellationToken: TestContext.Current.CancellationToken);

        using var encoder = SentenceEncoder.Load(_folder.File("words"));
        foreach (var first in Texts)
        {
            foreach (var second in Texts)
            {
                Assert.Equal(Cosine(Average(first), Average(second)), encoder.Similarity(first, second), 1e-4);
            }
        }

        double[] Average(string text)
        {
            var sum = new double[4];
            foreach (var id in tokenizer.Tokenize(text).Ids[1..^1])
            {
                var mean = vectors[id].ToArray().Average(); // What the LayerNorm takes off.
                for (var index = 0; index < 4; index++)
                {
                    sum[index] += vectors[id][index] - mean;
                }
            }

            return sum;
        }
    }

    private static double Cosine(double[] left, double[] right) =>
        left.Zip(right, (a, b) => a * b).Sum() / Math.Sqrt(left.Sum(a => a * a) * right.Sum(b => b * b));

    private void Write(string name, int layers, int hidden) => ModelInitializer.Write(
        _folder.File(name), _tokenizer, new ModelSize(layers, hidden, 4), 5, cancellationToken: TestContext.Current.CancellationToken);

    // A fresh model's LayerNorms are all alike: moving them could not be seen.
    private void MakeNormsUneven(string from, string to)
    {
        var model = ModelFolder.Open(_folder.File(from));
        using var checkpoint = model.OpenCheckpoint();
        var weights = EncoderWeights.From(checkpoint, model.Config).Tensors.Select(tensor =>
            Tensor.From(tensor.Key, tensor.Value.Shape, tensor.Value.Shape.Count > 1
                ? tensor.Value.ToSingles()
                : [.. tensor.Value.ToSingles().Select((value, index) => value + (0.1f * (index % 5)))]));
        ModelFolderWriter.Write(
            _folder.File(to),
            new ModelContent { Config = model.Config, Weights = weights, TokenizerFolder = _tokenizer, Chain = EmbeddingChain.Of(Pooling.Mean) },
            cancellationToken: TestContext.Current.CancellationToken);
    }

    private void AssertSameEmbeddings(string left, string right, float tolerance)
    {
        using var first = SentenceEncoder.Load(_folder.File(left));
        using var second = SentenceEncoder.Load(_folder.File(right));
        foreach (var text in Texts)
        {
            Assert.All(first.Encode(text).Zip(second.Encode(text)), pair => Assert.Equal(pair.First, pair.Second, tolerance));
        }
    }
}
