using MiCse.Tokenization;
using MiCse.Training.Batches;
using MiCse.Training.Loop;
using TorchSharp;
using static TorchSharp.torch;

namespace MiCse.Training.Contrastive;

/// <summary>
/// A batch of contrastive training in slices. InfoNCE looks at all of them, so every example is contrasted with the whole batch; attention mutual information is the mean over the slices.
/// </summary>
internal sealed class ContrastiveSlices : ISlicedBatch<ContrastiveMeasures>
{
    private readonly ContrastiveSetup _setup;
    private readonly Tokenizer _tokenizer;
    private readonly ContrastiveModel _views;
    private readonly IReadOnlyList<SliceRange> _slices;
    private readonly TokenBatch? _whole;
    private readonly MaskedTokens? _masked;

    public ContrastiveSlices(ContrastiveSetup setup, Tokenizer tokenizer, ContrastiveModel views, int[] examples, int hiddenSize, int step, int slices)
    {
        (_setup, _tokenizer, _views, Examples) = (setup, tokenizer, views, examples);
        _slices = SliceRange.All(examples.Length, slices);
        Rows = [.. _slices.Select(slice => slice.Count)];
        SequencesPerExample = setup.Data.Corpus.Examples[examples[0]].HardNegative is null ? 2 : 3;
        RowShape = [SequencesPerExample, setup.Chain.SizeAfter(setup.Chain.PooledSize(hiddenSize))];
        if (setup.Options.MaskedLanguageModelWeight > 0)
        {
            // The tokens that are masked are those of the batch, however it is cut.
            _whole = Batch(new SliceRange(0, examples.Length)).Tokens;
            _masked = views.Mask(_whole, step);
        }
    }

    public IReadOnlyList<int> Examples { get; }

    public IReadOnlyList<int> Rows { get; }

    public long[]? RowShape { get; }

    public double JointWeight => _setup.Options.Alpha;

    private int SequencesPerExample { get; }

    public Tensor Joint(Tensor rows) => _views.Contrastive(rows);

    public SliceLoss Compute(int slice, long number, bool rowsOnly)
    {
        var (options, range) = (_setup.Options, _slices[slice]);
        var batch = Batch(range);
        var mask = _views.MaskOf(batch);
        var (projections, output) = _views.Views(batch, mask);
        if (rowsOnly)
        {
            return new SliceLoss(projections, null, [], 0, 0);
        }

        var information = _views.MutualInformation(output, batch, number) is { } ofSlice ? ofSlice / Rows.Count(rows => rows > 0) : null;
        var words = Words(batch, mask, range);
        var own = information is null ? null : information * -options.Lambda;
        own = words is null ? own : own is null ? words * options.MaskedLanguageModelWeight : own + (words * options.MaskedLanguageModelWeight);
        return new SliceLoss(
            projections, own, [information?.ToDouble() ?? 0, words?.ToDouble() ?? 0], batch.TokenCount, batch.Tokens.Ids.Length - batch.TokenCount);
    }

    public ContrastiveMeasures Measures(double loss, double joint, IReadOnlyList<double> sums) => new(
        loss, joint, _setup.Options.Method == TrainingMethod.MiCse ? sums[0] : null, _masked is null ? null : sums[1]);

    private TwoViewBatch Batch(SliceRange range) => TwoViewBatch.From(
        _setup.Data.Corpus.Select([.. Examples.Skip(range.Start).Take(range.Count)]), _tokenizer, _setup.Options.MaxTokens);

    /// <summary>The slice's share of the mean over the masked tokens of the batch.</summary>
    private Tensor? Words(TwoViewBatch batch, Tensor mask, SliceRange range)
    {
        if (_masked is null)
        {
            return null;
        }

        var masked = _masked.Part(_whole!, range.Start * SequencesPerExample, batch.Tokens);
        return _views.MaskedLanguageModel(batch.Tokens, mask, masked)! * ((double)masked.Count / Math.Max(1, _masked.Count));
    }
}
