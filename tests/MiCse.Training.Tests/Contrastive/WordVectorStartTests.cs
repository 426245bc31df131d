using MiCse.Initialization;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tokenization;
using MiCse.Training.Contrastive;

namespace MiCse.Training.Tests.Contrastive;

public sealed class WordVectorStartTests : IDisposable
{
    private readonly TinyTraining _tiny = new();

    public void Dispose() => _tiny.Dispose();

    /// <summary>
    /// [CLS] and [SEP] have no word vector, only the dimensions that word vectors leave free. When dropout takes all of these, the state is 0, and each LayerNorm
    /// above multiplies its gradient by a million.
    /// </summary>
    [Fact]
    public void Dropout_leaves_something_of_tokens_without_a_word_vector()
    {
        var shape = new ModelSize(Layers: 4, HiddenSize: 24, Heads: 4);
        var texts = TinyTraining.Corpus().Examples.Select(example => example.First);
        var words = WordVectors.Learn(
            Cooccurrences.Count(texts, "texts", Tokenizer.Load(_tiny.Model.Path), cancellationToken: TestContext.Current.CancellationToken),
            ModelInitializer.DimensionsOfWords(shape),
            seed: 1,
            cancellationToken: TestContext.Current.CancellationToken);
        ModelInitializer.Write(_tiny.Folder("words"), _tiny.Model.Path, shape, 1, words, cancellationToken: TestContext.Current.CancellationToken);

        // A learning rate next to nothing keeps the state as it starts, so that every step is a first step.
        var options = TinyTraining.Options with { Steps = 40, LearningRate = 1e-20, HiddenDropout = 0.25, MaskedLanguageModelWeight = 0 };
        var norms = new GradientNorms();
        new Trainer(options).Train(
            ModelFolder.Open(_tiny.Folder("words")), TinyTraining.Corpus(), _tiny.Folder("out"), progress: norms, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(40, norms.Seen.Count);
        Assert.All(norms.Seen, norm => Assert.True(norm < 100 * norms.Seen.Order().ElementAt(20), $"{norm}"));
    }

    private sealed class GradientNorms : IProgress<TrainingEvent>
    {
        public List<double> Seen { get; } = [];

        public void Report(TrainingEvent value) => Seen.Add(value.GradientNorm);
    }
}
