using MiCse.Evaluation.Statistics;
using MiCse.Files;
using MiCse.Initialization;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tests.Data;
using MiCse.Tokenization;
using MiCse.Vectors;
using MiCse.Weights;

namespace MiCse.Tests.Initialization;

public sealed class ModelShrinkingTests : IDisposable
{
    private static readonly string[] Texts = ["the dog", "winter is here", "a longer text about a dog in winter", ""];

    private readonly TemporaryFolder _folder = new();
    private readonly ModelFolder _model;

    public ModelShrinkingTests()
    {
        var tokenizer = TinyModel.WriteTokenizer(_folder.File("tokenizer"));
        var config = ModelInitializer.Configure(Tokenizer.Load(tokenizer), new ModelSize(4, 32, 4) { MaxTokens = 48 }) with { InitializerRange = 0.3 };
        ModelFolderWriter.Write(
            _folder.File("large"),
            new ModelContent { Config = config, Weights = ModelInitializer.Weights(config, seed: 3), TokenizerFolder = tokenizer, Chain = EmbeddingChain.Of(Pooling.Mean, normalize: true) },
            cancellationToken: TestContext.Current.CancellationToken);
        _model = ModelFolder.Open(_folder.File("large"));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Fewer_pieces_and_positions_give_the_same_embeddings()
    {
        var vocabulary = VocabularyPruning.Of(Tokenizer.Load(_model.Path), Texts, cancellationToken: TestContext.Current.CancellationToken);

        var shrunk = Shrink("small", new ShrinkOptions { Vocabulary = vocabulary, MaxTokens = 40 });

        Assert.Equal((vocabulary.Kept.Count, 4), (shrunk.Vocabulary, shrunk.Layers.Count));
        var small = ModelFolder.Open(_folder.File("small"));
        Assert.Equal((40, vocabulary.Kept.Count, Pooling.Mean, true), (small.MaxTokens, small.Config.VocabularySize, small.Pooling.Pooling, small.Pooling.Normalize));
        Assert.True(small.Config.VocabularySize < 100);
        Assert.Equal(shrunk.Parameters, small.CountParameters());
        using var before = SentenceEncoder.Load(_model.Path);
        using var after = SentenceEncoder.Load(small.Path);
        Assert.All(Texts, text => Assert.Equal(Encode(before, text), Encode(after, text)));
    }

    [Fact]
    public void Layers_are_those_of_the_larger_model()
    {
        Shrink("small", new ShrinkOptions { Layers = [1, 3] });

        using var large = _model.OpenCheckpoint();
        using var small = ModelFolder.Open(_folder.File("small")).OpenCheckpoint();
        var (before, after) = (EncoderWeights.From(large, _model.Config), EncoderWeights.From(small, _model.Config with { Layers = 2 }));
        Assert.Equal(before.Tensors.Count / 2.0, after.Tensors.Count, 5.0);
        foreach (var (name, tensor) in after.Tensors)
        {
            var source = name.Replace("layer.1.", "layer.3.", StringComparison.Ordinal).Replace("layer.0.", "layer.1.", StringComparison.Ordinal);
            Assert.Equal(before[source].ToSingles(), tensor.ToSingles());
        }
    }

    [Theory]
    [InlineData(6, 3, new[] { 0, 2, 5 })]
    [InlineData(12, 6, new[] { 0, 2, 4, 6, 8, 11 })]
    [InlineData(2, 1, new[] { 1 })]
    [InlineData(3, 0, new int[0])]
    public void Layers_are_spread_from_the_first_to_the_last(int depth, int count, int[] layers) => Assert.Equal(layers, ModelShrinking.Spread(depth, count));

    [Fact]
    public void Without_layers_a_word_is_what_the_model_makes_of_it_by_itself()
    {
        var counted = Enumerable.Repeat("the dog", 50).Concat(Texts);
        var vocabulary = VocabularyPruning.Of(Tokenizer.Load(_model.Path), counted, cancellationToken: TestContext.Current.CancellationToken);
        var pieces = PieceEmbeddings.Encode(_model, vocabulary, new ParallelOptions { CancellationToken = TestContext.Current.CancellationToken }, null);
        using var large = SentenceEncoder.Load(_model.Path);
        foreach (var (id, old) in vocabulary.Kept.Index().Where(piece => large.Tokenizer.TokenOf(piece.Item) is "dog" or "winter"))
        {
            Assert.Equal(1, Similarity.Cosine(pieces[id], Encode(large, large.Tokenizer.TokenOf(old))), 1e-6);
        }

        // 43 dimensions leave 31 for words, all that a LayerNorm's output has: nothing is lost but the mean of the pieces.
        var shrunk = ModelShrinking.WriteWithoutLayers(
            _folder.File("small"), _model, vocabulary, hidden: 43, maxTokens: null, seed: 1, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Empty(shrunk.Layers);
        using var small = SentenceEncoder.Load(_folder.File("small"));
        int[] words = [.. new[] { "dog", "winter", "is", "in", "falls", "a", "hello", "music" }.Select(word => vocabulary.Tokenizer.Tokenize(word).Ids[1])];
        var mean = Enumerable.Range(0, 32).Select(column => Enumerable.Range(0, pieces.Count).Average(row => pieces[row][column])).ToArray();
        var wanted = Cosines(words, word => [.. pieces[word].ToArray().Zip(mean, (value, of) => value - of)]);
        var found = Cosines(words, word => Encode(small, vocabulary.Tokenizer.TokenOf(word)));
        Assert.InRange(Correlation.Pearson(wanted, found), 0.97, 1);

        // "the" occurs in most texts and so hardly counts, and there is no order.
        Assert.InRange(small.Similarity("the winter", "winter"), 0.9, 1);
        Assert.Equal(1, small.Similarity("the winter", "winter the"), 1e-6);
    }

    [Theory]
    [InlineData(new[] { 0, 4 }, null, "There is no layer 4: the model has 4, numbered from 0.")]
    [InlineData(new[] { -1 }, null, "There is no layer -1")]
    [InlineData(new[] { 2, 2 }, null, "Layer 2 comes after layer 2")]
    [InlineData(new[] { 3, 1 }, null, "Layer 1 comes after layer 3")]
    [InlineData(null, 49, "maximum tokens is 49")]
    public void What_the_model_does_not_have_is_refused(int[]? layers, int? maxTokens, string message)
    {
        var refusal = Assert.Throws<ArgumentException>(() => Shrink("small", new ShrinkOptions { Layers = layers, MaxTokens = maxTokens }));

        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("small")));
    }

    [Fact]
    public void Positions_counted_from_a_padding_id_are_not_moved()
    {
        string[] tokens = ["[unused]", "<pad>", "<s>", "</s>", "<unk>", "<mask>", "a", "##a"];
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(_folder.File("odd")).FullName, "tokenizer.json"), $$$$"""
            {"version": "1.0", "added_tokens": [], "normalizer": null, "pre_tokenizer": {"type": "Whitespace"},
             "post_processor": {"type": "RobertaProcessing", "cls": ["<s>", 2], "sep": ["</s>", 3], "trim_offsets": true, "add_prefix_space": false},
             "decoder": null, "model": {"type": "WordPiece", "unk_token": "<unk>", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
             "vocab": { {{{{string.Join(", ", tokens.Select((token, id) => $"\"{token}\": {id}"))}}}} }}}
            """);
        File.WriteAllText(Path.Combine(_folder.File("odd"), "tokenizer_config.json"), """{"cls_token": "<s>", "sep_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>", "mask_token": "<mask>"}""");
        ModelInitializer.Write(_folder.File("roberta"), _folder.File("odd"), new ModelSize(1, 8, 2), 1, cancellationToken: TestContext.Current.CancellationToken);
        var model = ModelFolder.Open(_folder.File("roberta"));
        var vocabulary = VocabularyPruning.Of(Tokenizer.Load(model.Path), ["a"], cancellationToken: TestContext.Current.CancellationToken);

        var refusal = Assert.Throws<ModelFormatException>(() => ModelShrinking.Write(
            _folder.File("small"), model, new ShrinkOptions { Vocabulary = vocabulary }, TestContext.Current.CancellationToken));

        Assert.Contains("counts positions from the padding token's id, 1, which would be 0", refusal.Message, StringComparison.Ordinal);
    }

    private static float[] Encode(SentenceEncoder encoder, string text) => encoder.Encode(text, TestContext.Current.CancellationToken);

    private static double[] Cosines(int[] words, Func<int, float[]> vectorOf)
    {
        var vectors = words.Select(vectorOf).ToArray();
        return [.. vectors.SelectMany((first, index) => vectors.Skip(index + 1).Select(second => Similarity.Cosine(first, second)))];
    }

    private ShrunkModel Shrink(string name, ShrinkOptions options) => ModelShrinking.Write(_folder.File(name), _model, options, TestContext.Current.CancellationToken);
}
