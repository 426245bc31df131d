using MiCse.Files;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tokenization;
using MiCse.Training.Batches;
using MiCse.Training.Contrastive;
using MiCse.Training.Pretraining;

namespace MiCse.Training.Tests.Pretraining;

public sealed class PretrainerTests : IDisposable
{
    private readonly TinyPretraining _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Fact]
    public void The_loss_on_held_out_texts_falls()
    {
        var result = _tiny.Pretrain("out", TinyPretraining.Options with { Steps = 90, LearningRate = 5e-3, EvaluateEvery = 30 });

        var losses = result.Scores.Select(score => score.HeldOutLoss!.Value).ToArray();
        Assert.Equal([30, 60, 90], result.Scores.Select(score => score.Step));
        Assert.True(losses[2] < losses[0] && losses[2] < 1.1 * Math.Log(20), string.Join(' ', losses));
        Assert.Equal(losses[2], result.HeldOutLoss);
        Assert.Equal(Math.Exp(losses[2]), result.Scores[2].Perplexity);
    }

    [Fact]
    public void Events_count_tokens_and_padding()
    {
        var events = new List<PretrainingEvent>();

        var result = _tiny.Pretrain("out", TinyPretraining.Options with { HeldOut = 0, Steps = null, Epochs = 2 }, progress: events.Add);

        // 3 to 9 words and two special tokens, each sentence once an epoch.
        Assert.Equal(2 * TinyPretraining.Corpus().Examples.Sum(example => example.First.Split(' ').Length + 2), result.Tokens);
        Assert.Equal(result.Tokens, events[^1].Tokens);
        Assert.Equal(Enumerable.Range(1, result.Steps), events.Select(step => step.Step));
        Assert.InRange(result.PaddingShare, 1e-4, 0.05);
        Assert.Equal(result.PaddingShare, events[^1].PaddingShare);
        Assert.Equal(result.Loss, events[^1].Loss);
        Assert.Empty(result.Scores);
        Assert.Null(result.HeldOutLoss);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(11)]
    public void A_killed_pretraining_resumes_to_the_same_bytes(int killedAt)
    {
        var straight = _tiny.Pretrain("straight", evaluation: Score);

        Assert.Throws<InvalidTimeZoneException>(() => _tiny.Pretrain(
            "resumed", evaluation: Score, progress: step => KillAt(killedAt, step)));
        var resumed = _tiny.Pretrain("resumed", evaluation: Score, resume: true);

        Assert.Equal(_tiny.Weights("straight"), _tiny.Weights("resumed"));
        Assert.Equal(straight.Scores, resumed.Scores);
        Assert.Equal((straight.Loss, straight.Tokens, straight.PaddingShare), (resumed.Loss, resumed.Tokens, resumed.PaddingShare));
    }

    [Fact]
    public void The_written_folder_gives_the_same_losses_and_goes_on_from_its_head()
    {
        var result = _tiny.Pretrain("out", TinyPretraining.Options with { Steps = 60, LearningRate = 5e-3, EvaluateEvery = 60 });

        // A rate this low changes nothing that is seen in the loss after one step.
        var again = _tiny.Pretrain(
            "again", TinyPretraining.Options with { Steps = 1, LearningRate = 1e-30 }, model: ModelFolder.Open(_tiny.Folder("out")));

        Assert.Equal(result.HeldOutLoss, again.HeldOutLoss);
        Assert.True(again.HeldOutLoss < 0.8 * Math.Log(120), $"{again.HeldOutLoss}");
    }

    [Fact]
    public void The_folder_is_transformers_BertForMaskedLM_and_pools_by_mean()
    {
        _tiny.Pretrain("out");

        var folder = ModelFolder.Open(_tiny.Folder("out"));
        using var checkpoint = folder.OpenCheckpoint();
        Assert.Contains("BertForMaskedLM", File.ReadAllText(Path.Combine(folder.Path, "config.json")), StringComparison.Ordinal);
        Assert.Equal((Pooling.Mean, "1_Pooling/config.json"), (folder.Pooling.Pooling, folder.Pooling.Source));
        Assert.All(checkpoint.Tensors.Keys, name => Assert.True(
            name.StartsWith("bert.embeddings.", StringComparison.Ordinal) || name.StartsWith("bert.encoder.layer.", StringComparison.Ordinal)
            || name is "cls.predictions.bias" or "cls.predictions.transform.dense.weight" or "cls.predictions.transform.dense.bias"
                or "cls.predictions.transform.LayerNorm.weight" or "cls.predictions.transform.LayerNorm.bias", name));
        Assert.Equal(5, checkpoint.Tensors.Keys.Count(name => name.StartsWith("cls.", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_encoder_in_the_folder_gives_the_vectors_that_were_evaluated()
    {
        string[] texts = ["w5 w6 w7", "w9", "w100 w3 w50 w51 w52 w53 w54"];
        float[] evaluated = [];

        _tiny.Pretrain("out", evaluation: (encode, _) =>
        {
            evaluated = encode(texts).Values.ToArray();
            return 1;
        });

        using var encoder = SentenceEncoder.Load(_tiny.Folder("out"));
        var exported = encoder.Encode(texts, cancellationToken: TestContext.Current.CancellationToken).Embeddings.Values.ToArray();
        Assert.Equal(evaluated.Length, exported.Length);
        Assert.All(exported.Index(), item => Assert.Equal(evaluated[item.Index], item.Item, 1e-5));
    }

    [Fact]
    public void Contrastive_training_with_masked_words_starts_from_the_head()
    {
        _tiny.Pretrain("pretrained", TinyPretraining.Options with { Steps = 100, LearningRate = 5e-3 });
        var options = TinyTraining.Options with { Steps = 1, HiddenDropout = 0, AttentionDropout = 0 };

        double Loss(string folder, ModelFolder model)
        {
            double? loss = null;
            new Trainer(options).Train(
                model, TinyPretraining.Corpus(), _tiny.Folder(folder), progress: new Hear(step => loss = step.MaskedLanguageModelLoss),
                cancellationToken: TestContext.Current.CancellationToken);
            return loss!.Value;
        }

        Assert.True(Loss("from-head", ModelFolder.Open(_tiny.Folder("pretrained"))) < 0.9 * Loss("fresh", _tiny.Model));
    }

    [Fact]
    public void Nothing_held_out_is_trained_on_and_every_column_is()
    {
        var tokenizer = Tokenizer.Load(_tiny.Model.TransformerPath);
        var corpus = new SentenceCorpus("pairs", [.. TinyPretraining.Corpus().Examples.Take(75).Zip(
            TinyPretraining.Corpus().Examples.Skip(75), (first, second) => new TrainingExample(first.First, second.First))]);
        var data = PretrainingData.From(TrainingData.HoldOut(corpus, 10, seed: 1), tokenizer, 12, TestContext.Current.CancellationToken);

        var trained = data.Sequences.Select(ids => string.Join(' ', ids)).ToHashSet();
        Assert.Equal(20, data.HeldOut.Count);
        Assert.All(data.HeldOut, ids => Assert.DoesNotContain(string.Join(' ', ids), trained));
        Assert.All(Enumerable.Range(0, data.Sequences.Count), sequence =>
        {
            var example = corpus.Examples[data.ExamplesOf([sequence])[0]];
            Assert.Contains(string.Join(' ', data.Sequences[sequence]), example.Texts.Select(text => string.Join(' ', tokenizer.Tokenize(text, 12).Ids)));
        });
    }

    [Fact]
    public void Data_without_a_token_is_refused()
    {
        var corpus = new SentenceCorpus("blank.txt", [new TrainingExample("\u200b", "[SEP]")]);

        Assert.Equal(
            "blank.txt: has no text with a token in it: there is nothing to train on.",
            Assert.Throws<DataFormatException>(() => _tiny.Pretrain("out", TinyPretraining.Options with { HeldOut = 0 }, corpus)).Message);
        Assert.False(Directory.Exists(_tiny.Folder("out")));
    }

    [Fact]
    public void The_model_card_says_what_is_needed_to_pretrain_again()
    {
        _tiny.Pretrain("out");

        var card = File.ReadAllText(Path.Combine(_tiny.Folder("out"), "README.md"));
        Assert.Contains($"| few-words.txt | 150 | `{TinyPretraining.Corpus().Sha256}` |", card, StringComparison.Ordinal);
        Assert.Contains("| HiddenDropout | 0.1 |", card, StringComparison.Ordinal);
        Assert.Contains("| step | held-out loss | held-out perplexity |", card, StringComparison.Ordinal);
        Assert.Contains("masked language modelling on 130 examples: 12 steps", card, StringComparison.Ordinal);
    }

    // Any exception that the pretrainer cannot know stands for a power cut.
    private static void KillAt(int stop, PretrainingEvent step)
    {
        if (step.Step == stop)
        {
            throw new InvalidTimeZoneException();
        }
    }

    /// <summary>Depends on the weights: the mean of an embedding's values.</summary>
    private static double Score(Func<IReadOnlyList<string>, Vectors.EmbeddingMatrix> encode, CancellationToken cancellationToken) =>
        encode(["w5 w6 w7", "w8 w9"]).Values.ToArray().Average(value => (double)value * value * value);

    private sealed class Hear(Action<TrainingEvent> report) : IProgress<TrainingEvent>
    {
        public void Report(TrainingEvent value) => report(value);
    }
}
