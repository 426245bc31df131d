using MiCse.Explanation;
using MiCse.Files;
using MiCse.Tokenization;
using MiCse.Training.Batches;
using MiCse.Training.Model;
using MiCse.Training.Native;
using static TorchSharp.torch;

namespace MiCse.Training.Explanation;

/// <summary>
/// Compares attention maps as miCSE's loss does, for texts instead of batches: how little dropout changes where each head looks, and whether two texts make
/// it look at the same places. Calls wait for each other and for trainings in the same process, because libtorch's random numbers belong to
/// all of it; each computes on one core. Dispose it at the end.
/// </summary>
public sealed class AttentionExplainer : IDisposable
{
    /// <summary>How many pairs of views <see cref="BetweenViews"/> compares by default: one pair alone is mostly chance in a short text.</summary>
    public const int DefaultPairs = 8;

    private readonly TrainableModel _model;
    private readonly TorchContext _context;
    private readonly Tokenizer _tokenizer;
    private readonly int _maxTokens;

    private AttentionExplainer(TrainableModel model, TorchContext context, Tokenizer tokenizer, int maxTokens)
    {
        (_model, _context) = (model, context);
        _tokenizer = tokenizer;
        _maxTokens = maxTokens;
    }

    /// <summary>Loads the model of a sentence encoder into libtorch. The sentence encoder may be disposed afterwards.</summary>
    /// <param name="encoder">Gives the model folder, the tokenizer and the longest sequence.</param>
    /// <exception cref="ModelFormatException">The folder's weights cannot be read any more.</exception>
    public static AttentionExplainer Load(SentenceEncoder encoder)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        var config = encoder.Folder.Config;
        var context = TorchContext.Cpu();
        return LibTorch.RunExclusively(() =>
        {
            using var checkpoint = encoder.Folder.OpenCheckpoint();
            var model = TrainableModel.Load(checkpoint, config, context, config.HiddenDropout, config.AttentionDropout);
            return new AttentionExplainer(model, context, encoder.Tokenizer, encoder.MaxTokens);
        });
    }

    /// <summary>
    /// Between pairs of views of one text, which differ by dropout at the rates of config.json (at rates of 0 they are the same, and rounding alone keeps
    /// a head from the largest value there is).
    /// </summary>
    /// <param name="text">Any string; what is longer than the model takes is cut.</param>
    /// <param name="pairs">Pairs of views to take the mean of; at least 1.</param>
    /// <param name="seed">The same seed gives the same numbers.</param>
    /// <param name="progress">Receives the number of pairs done after each.</param>
    /// <param name="cancellationToken">Checked before every pair.</param>
    public AttentionInformation BetweenViews(
        string text, int pairs = DefaultPairs, long seed = 42, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pairs, 1);
        var randomness = new Randomness(seed);
        var ids = Ids(text);
        return Measure(ids, ids, dropout: true, pairs, pair => manual_seed(randomness.SeedFor(RandomPurpose.Dropout, pair)), progress, cancellationToken);
    }

    /// <summary>
    /// Between two texts, without dropout, position by position; null when they have different numbers of tokens, so that their maps have different sizes.
    /// </summary>
    /// <param name="first">Any string; what is longer than the model takes is cut.</param>
    /// <param name="second">Any string.</param>
    public AttentionInformation? BetweenTexts(string first, string second)
    {
        var (firstIds, secondIds) = (Ids(first), Ids(second));
        return firstIds.Length == secondIds.Length
            ? Measure(firstIds, secondIds, dropout: false, 1, _ => { }, null, CancellationToken.None)
            : null;
    }

    /// <summary>Releases the weights. No call may be running.</summary>
    public void Dispose() => _model.Dispose();

    private int[] Ids(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return _tokenizer.Tokenize(text, _maxTokens).Ids;
    }

    private AttentionInformation Measure(
        int[] first, int[] second, bool dropout, int pairs, Action<int> prepare, IProgress<long>? progress, CancellationToken cancellationToken) =>
        LibTorch.RunExclusively(() =>
        {
            using var threads = new ThreadCount(1); // more would round differently
            using var inference = inference_mode();
            using var scope = NewDisposeScope();
            var encoder = _model.Encoder;
            encoder.train(dropout);
            var batch = new TokenBatch([first, second], _tokenizer.SpecialTokens.Padding);
            var (ids, mask) = (batch.IdTensor(_context), batch.MaskTensor(_context));
            var sum = new HeadSum(encoder.Config);
            for (var pair = 0; pair < pairs; pair++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var pairScope = NewDisposeScope();
                prepare(pair);
                sum.Add(encoder.Forward(ids, mask, new LayerRange(0, encoder.Config.Layers)).AttentionMaps);
                progress?.Report(pair + 1);
            }

            return sum.Mean();
        });
}

/// <summary>
/// How alike two passes through the encoder attend, head by head. With ρ the Pearson correlation of the logarithms of the two attention maps of a head
/// over the positions that are above zero in both, a head's information is that of a bivariate normal (miCSE, arXiv 2211.04928):
/// <c>I = -1/2 · ln(1 - ρ²)</c>, in nats: 0 when knowing one map says nothing of the other, at most 13.8, when they are the same.
/// </summary>
/// <param name="Heads">I, the mean over the pairs of passes: [layers, heads], from the input to the output.</param>
/// <param name="Layers">The layers that miCSE's loss looks at by default; null for an encoder of fewer than two.</param>
/// <param name="MutualInformation">
/// What the loss maximises, AMI of <see cref="Layers"/> over all common positions (<c>MutualInformationEstimator.Exact</c>), the mean over the pairs of passes: I of those
/// layers, scaled down by the square of the share of positions that are common. Null without <see cref="Layers"/>.
/// </param>
/// <param name="Pairs">How many pairs of passes were compared.</param>
public sealed record AttentionInformation(HeatMap Heads, LayerRange? Layers, double? MutualInformation, int Pairs);
