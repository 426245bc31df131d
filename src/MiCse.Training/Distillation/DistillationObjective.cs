using MiCse.Checkpoints;
using MiCse.Files;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tokenization;
using MiCse.Training.Batches;
using MiCse.Training.Loop;
using MiCse.Training.Losses;
using MiCse.Training.Model;
using MiCse.Vectors;
using TorchSharp;
using static TorchSharp.torch;

namespace MiCse.Training.Distillation;

/// <summary>Distillation: the student's embeddings of a batch, and the teacher's of the same texts and of a queue of others.</summary>
internal sealed class DistillationObjective : ITrainingObjective<DistillationMeasures, DistillationScore>
{
    private readonly DistillationSetup _setup;
    private readonly DistillationOptions _options;
    private readonly Tokenizer _tokenizer;
    private readonly EmbeddingMatrix _teacher;
    private readonly TorchContext _context;
    private readonly Randomness _randomness;
    private readonly BatchSampler _sampler;
    private readonly TextEncoding _texts;
    private readonly TrainingEvaluation? _evaluation;

    /// <param name="checkpoint">The student's weights.</param>
    /// <param name="config">The student's shape.</param>
    /// <param name="tokenizer">The student's tokenizer.</param>
    /// <param name="setup">Options and texts.</param>
    /// <param name="teacher">The teacher's embeddings of all texts, in the student's dimensions.</param>
    /// <param name="evaluation">Scores on labelled data, if there is some.</param>
    /// <exception cref="ModelFormatException">The student does not load.</exception>
    public DistillationObjective(
        Checkpoint checkpoint, EncoderShape config, Tokenizer tokenizer, DistillationSetup setup, EmbeddingMatrix teacher, TrainingEvaluation? evaluation)
    {
        (_setup, _options, _tokenizer, _teacher, _evaluation) = (setup, setup.Options, tokenizer, teacher, evaluation);
        _context = TorchContext.On(_options.Device, _options.Precision);
        _randomness = new Randomness(_options.Seed);
        manual_seed(_randomness.SeedFor(RandomPurpose.Initialization));
        Model = TrainableModel.Load(
            checkpoint,
            config,
            _context,
            _options.HiddenDropout!.Value,
            _options.AttentionDropout!.Value,
            chain: ChainModule.IsTrained(setup.Chain) ? (setup.Chain.Modules, setup.ModuleWeights) : null);
        _texts = new TextEncoding(
            Model.Encoder, Model.Chain, setup.Chain.Poolings, text => tokenizer.Tokenize(text, _options.MaxTokens!.Value), tokenizer.SpecialTokens.Padding, _context);
        _sampler = new BatchSampler(
            setup.Data.Training.Count, _options.BatchSize, _randomness, [.. setup.Data.Training.Select(row => setup.Data.Ids[row].Length)]);
    }

    /// <inheritdoc/>
    public TrainableModel Model { get; }

    /// <inheritdoc/>
    public StepLoss<DistillationMeasures> ComputeStep(int step)
    {
        var rows = TextsOf(step);
        var (student, batch, output) = Embed(rows);
        var (loss, cosine) = TeacherTerms(student, rows, step);
        if (_options.InfoNceWeight > 0)
        {
            loss += InfoNce(student.unflatten(0, [-1, _options.Views])) * _options.InfoNceWeight;
        }

        if (_options.Lambda > 0)
        {
            loss = loss.to(ScalarType.Float64) - (AttentionMutualInformation.Exact(output.AttentionMaps) * _options.Lambda);
        }

        var tokens = batch.Mask.Sum();
        return new StepLoss<DistillationMeasures>(loss, () => new DistillationMeasures(loss.ToDouble(), cosine.ToDouble()), rows, tokens, batch.Ids.Length - tokens);
    }

    /// <inheritdoc/>
    public ISlicedBatch<DistillationMeasures> Slice(int step, int slices) => new DistillationSlices(this, _options, TextsOf(step), _setup.Chain, step, slices);

    /// <summary>The rows of the texts of a step's batch.</summary>
    private int[] TextsOf(int step) => [.. _sampler.Batch(step).ToArray().Select(position => _setup.Data.Training[position])];

    /// <summary>The student's embeddings of texts, the views of a text one after the other: [sequences, dimensions].</summary>
    /// <param name="rows">The rows of the texts.</param>
    public (Tensor Student, TokenBatch Batch, EncoderOutput Output) Embed(int[] rows)
    {
        var batch = new TokenBatch([.. rows.SelectMany(row => Enumerable.Repeat(_setup.Data.Ids[row], _options.Views))], _tokenizer.SpecialTokens.Padding);
        var mask = batch.MaskTensor(_context);
        var layers = _options.Lambda > 0 ? (LayerRange?)LayerRange.Default(Model.Encoder.Config.Layers) : null;
        var output = Model.Encoder.Forward(batch.IdTensor(_context), mask, layers, TensorPooling.NeedsHiddenStates(_setup.Chain.Poolings));
        var pooled = TensorPooling.Pool(output, mask, _setup.Chain.Poolings);
        var student = Model.Chain?.Forward(pooled) ?? pooled; // [sequences, dimensions]
        return (student, batch, output);
    }

    /// <summary>InfoNCE between two views: [texts, 2, dimensions] → [].</summary>
    public Tensor InfoNce(Tensor student) => ContrastiveLoss.Compute(student.select(1, 0), student.select(1, 1), null, _options.Temperature);

    /// <inheritdoc/>
    public DistillationScore? Evaluate(int step, CancellationToken cancellationToken) =>
        _evaluation is null && _setup.Data.HeldOut.Count == 0
            ? null
            : new DistillationScore(step, _evaluation?.Invoke(texts => _texts.Encode(texts, cancellationToken), cancellationToken), HeldOutCosine(cancellationToken));

    /// <inheritdoc/>
    public bool IsBetter(DistillationScore score, DistillationScore? best) => score.IsBetterThan(best, _options.Selection!.Value);

    /// <inheritdoc/>
    public ModelContent Export(ModelContent content, TrainingState<DistillationMeasures, DistillationScore> state, string? license) => content with
    {
        Chain = _setup.Chain,
        ModelCard = DistillationCard.Write(_setup.Plan, _options, state, license),
    };

    /// <summary>Releases the student.</summary>
    public void Dispose() => Model.Dispose();

    /// <summary>The terms that look at the teacher: means over texts and views.</summary>
    /// <param name="student">The student's embeddings: [sequences, dimensions].</param>
    /// <param name="texts">The rows of the texts.</param>
    /// <param name="step">The step, which decides what the texts are compared with.</param>
    public (Tensor Loss, Tensor Cosine) TeacherTerms(Tensor student, int[] texts, int step)
    {
        int[] rows = [.. texts.SelectMany(row => Enumerable.Repeat(row, _options.Views))];
        var target = Rows(rows); // [sequences, dimensions]
        var (unit, unitTarget) = (DistillationLoss.Unit(student), DistillationLoss.Unit(target));
        var distance = DistillationLoss.Cosine(unit, unitTarget);
        var loss = distance * _options.CosineWeight;
        if (_options.L2Weight > 0)
        {
            loss += DistillationLoss.L2(student, target) * _options.L2Weight;
        }

        if (_options.Compares)
        {
            var queue = Queue(step);
            var compared = DistillationLoss.Unit(Rows(queue)); // [queue, dimensions]
            if (_options.ContrastiveWeight > 0)
            {
                loss += DistillationLoss.Contrastive(unit, unitTarget, compared, Same(rows, queue), _options.Temperature) * _options.ContrastiveWeight;
            }

            if (_options.SimilarityWeight > 0)
            {
                loss += DistillationLoss.Similarity(unit, unitTarget, compared, _options.Temperature, _options.TeacherTemperature) * _options.SimilarityWeight;
            }
        }

        return (loss, 1 - distance);
    }

    /// <summary>The texts that a step's batch is compared with, with replacement; all of them when the queue has room.</summary>
    private int[] Queue(int step)
    {
        var count = _setup.Data.Texts.Count;
        if (_options.Queue >= count)
        {
            return [.. Enumerable.Range(0, count)];
        }

        var random = _randomness.SequenceFor(RandomPurpose.TeacherQueue, step);
        var rows = new int[_options.Queue];
        for (var index = 0; index < rows.Length; index++)
        {
            rows[index] = random.Next(count);
        }

        return rows;
    }

    private Tensor Same(int[] rows, int[] queue)
    {
        var (first, second) = (_context.Upload(tensor(rows, [rows.Length, 1])), _context.Upload(tensor(queue, [1, queue.Length])));
        return first.eq(second); // [sequences, queue]
    }

    private Tensor Rows(int[] rows)
    {
        var values = new float[rows.Length * _teacher.Dimensions];
        for (var index = 0; index < rows.Length; index++)
        {
            _teacher[rows[index]].CopyTo(values.AsSpan(index * _teacher.Dimensions));
        }

        return _context.Upload(tensor(values, [rows.Length, _teacher.Dimensions])); // [rows, dimensions]
    }

    private double? HeldOutCosine(CancellationToken cancellationToken)
    {
        var rows = _setup.Data.HeldOut;
        if (rows.Count == 0)
        {
            return null;
        }

        var found = _texts.Encode([.. rows.Select(row => _setup.Data.Texts[row])], cancellationToken);
        return rows.Index().Average(entry => Similarity.Cosine(found[entry.Index], _teacher[entry.Item]));
    }
}

/// <summary>What one step measured; see <see cref="DistillationEvent"/> for the meaning.</summary>
internal sealed record DistillationMeasures(double Loss, double Cosine);
