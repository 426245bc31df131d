using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tests;
using MiCse.Training.Contrastive;
using MiCse.Training.Explanation;
using MiCse.Training.Model;
using MiCse.Training.Native;
using MiCse.Training.Pretraining;
using MiCse.Weights;

namespace MiCse.Training.Tests.Contrastive;

/// <summary>Every family is trained, pretrained, explained and verified like BERT.</summary>
public sealed class FamilyTrainingTests : IDisposable
{
    private static readonly TrainingOptions Options = new()
    {
        Steps = 24,
        BatchSize = 24,
        LearningRate = 3e-3,
        Lambda = 0.05,
        MaxTokens = 16,
        HiddenDropout = 0.1,
        AttentionDropout = 0.1,
        Pooling = Pooling.Mean,
        SaveEvery = 5,
        Threads = 1,
    };

    private readonly FamilyModels _models = new();

    public static TheoryData<string, TrainingMethod> Trainings =>
        [.. FamilyModels.Names.SelectMany(family => Enum.GetValues<TrainingMethod>().Select(method => (family.Data, method)))];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _models.Dispose();

    [Theory]
    [MemberData(nameof(Trainings))]
    public void Training_lowers_the_loss_resumes_to_the_same_bytes_and_writes_a_model(string family, TrainingMethod method)
    {
        var options = Options with { Method = method, MaskedLanguageModelWeight = method == TrainingMethod.MiCse ? 0.1 : 0 };
        var model = _models.Open(family);
        var losses = new List<double>();

        Train("straight", step => losses.Add(step.Loss));
        Assert.Throws<InvalidTimeZoneException>(() => Train("resumed", step => _ = step.Step == 7 ? throw new InvalidTimeZoneException() : 0));
        Train("resumed", _ => { }, resume: true);

        Assert.True(losses.TakeLast(4).Average() < 0.8 * losses.Take(4).Average(), string.Join(' ', losses));
        Assert.Equal(_models.Weights("straight"), _models.Weights("resumed"));
        using var encoder = SentenceEncoder.Load(_models.Folder("straight"));
        var texts = Enumerable.Range(0, 9).Select(FamilyModels.Sentence).ToList();
        var (found, expected) = (encoder.Encode(texts, cancellationToken: Token).Embeddings, LibtorchEncoder.Encode(encoder, texts, Token));
        Assert.All(found.Values.ToArray().Zip(expected.Values.ToArray()), pair => Assert.Equal(pair.Second, pair.First, 2e-5));
        Assert.NotEqual(_models.Weights(family), _models.Weights("straight"));

        void Train(string folder, Action<TrainingEvent> progress, bool resume = false) => new Trainer(options).Train(
            model, FamilyModels.Corpus, _models.Folder(folder), resume: resume, progress: new Reports<TrainingEvent>(progress), cancellationToken: Token);
    }

    [Theory]
    [MemberData(nameof(FamilyModels.Names), MemberType = typeof(FamilyModels))]
    public void Weights_that_were_not_trained_are_written_as_they_were_read(string family)
    {
        var model = _models.Open(family);
        using var source = model.OpenCheckpoint();
        LibTorch.RunExclusively(() =>
        {
            using var trainable = TrainableModel.Load(source, model.Config, TorchContext.Cpu(), 0, 0);
            ModelFolderWriter.Write(_models.Folder("out"), ModelContent.From(model, trainable.CopyEncoder()), cancellationToken: Token);
            return 0;
        });

        using var written = ModelFolder.Open(_models.Folder("out")).OpenCheckpoint();
        Assert.Equal(model.Config, ModelFolder.Open(_models.Folder("out")).Config);
        var names = model.Config.Family.NamesOf(model.Config);
        Assert.Equal(WeightNames.Required(model.Config).Select(weight => names.FileName(weight.Name)).Distinct().Order(), written.Tensors.Keys.Order());
        Assert.All(written.Tensors, tensor => Assert.Equal(
            source.Tensors.Single(other => other.Key == tensor.Key || other.Key == names.Prefix + tensor.Key).Value.Bytes.ToArray(), tensor.Value.Bytes.ToArray()));
    }

    [Theory]
    [MemberData(nameof(FamilyModels.Names), MemberType = typeof(FamilyModels))]
    public void Pretraining_lowers_the_loss_and_writes_the_head_under_the_familys_names(string family)
    {
        var model = _models.Open(family);
        var losses = new List<double>();
        var options = new PretrainingOptions { Steps = 40, BatchTokens = 256, LearningRate = 8e-3, MaxTokens = 16, HeldOut = 0, HiddenDropout = 0.1, Threads = 1 };

        new Pretrainer(options).Pretrain(
            model, FamilyModels.Corpus, _models.Folder("out"), progress: new Reports<PretrainingEvent>(step => losses.Add(step.Loss)), cancellationToken: Token);

        Assert.True(losses.TakeLast(4).Average() < 0.8 * losses.Take(4).Average(), string.Join(' ', losses));
        var written = ModelFolder.Open(_models.Folder("out"));
        using var checkpoint = written.OpenCheckpoint();
        var names = model.Config.Family.NamesOf(model.Config);
        Assert.All(names.MaskedLanguageModelHead!.All, name => Assert.Contains(name.File, checkpoint.Tensors.Keys));
        Assert.Contains(names.Prefix + names.FileName(WeightNames.WordEmbeddings), checkpoint.Tensors.Keys);
        Assert.Equal(names.MaskedLanguageModelHead.All.Count(), MaskedLanguageModelWeights.Find(checkpoint, written.Config)!.Count);

        // It goes on where it stopped.
        var more = new List<double>();
        new Pretrainer(options with { Steps = 3, LearningRate = 1e-4 }).Pretrain(
            written, FamilyModels.Corpus, _models.Folder("more"), progress: new Reports<PretrainingEvent>(step => more.Add(step.Loss)), cancellationToken: Token);
        Assert.True(more[0] < losses.Take(4).Average(), $"{more[0]}");
    }

    [Theory]
    [MemberData(nameof(FamilyModels.Names), MemberType = typeof(FamilyModels))]
    public void Attention_is_explained(string family)
    {
        using var encoder = SentenceEncoder.Load(_models.Open(family).Path);
        using var explainer = AttentionExplainer.Load(encoder);
        var config = encoder.Folder.Config;

        var same = explainer.BetweenTexts(FamilyModels.Sentence(8), FamilyModels.Sentence(8))!;
        var other = explainer.BetweenTexts(FamilyModels.Sentence(8), FamilyModels.Sentence(17))!;

        Assert.Equal((config.Layers, config.Heads), (same.Heads.Rows, same.Heads.Columns));
        for (var layer = 0; layer < config.Layers; layer++)
        {
            for (var head = 0; head < config.Heads; head++)
            {
                Assert.True(same.Heads[layer, head] > 13, $"{layer} {head}");
                Assert.InRange(other.Heads[layer, head], 0, 12);
            }
        }
    }

    [Theory]
    [MemberData(nameof(FamilyModels.Names), MemberType = typeof(FamilyModels))]
    public void Verify_compares_the_engines(string family)
    {
        var run = CommandRun.Of("verify", "--model", _models.Open(family).Path, "--pooling", "mean", "--libtorch", "--json");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("libtorch", run.Json.GetProperty("checks")[2].GetProperty("name").GetString(), StringComparison.Ordinal);
    }

    private sealed class Reports<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
