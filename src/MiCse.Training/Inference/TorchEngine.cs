using MiCse.Inference;
using MiCse.Models;
using MiCse.Tokenization;
using MiCse.Training.Model;
using MiCse.Training.Native;
using MiCse.Vectors;
using TorchSharp;
using static TorchSharp.torch;

namespace MiCse.Training.Inference;

/// <summary>
/// The engine on libtorch. While the device computes a batch, worker threads tokenize the next ones; so there are more workers than batches at a time, and those with a
/// batch in hand wait for the device without holding a thread.
/// </summary>
internal sealed class TorchEngine : IEncoderEngine
{
    /// <summary>One that computes and one whose ids are on their way.</summary>
    private const int BatchesOnGpu = 2;

    private readonly TrainableModel _model;
    private readonly BatchEncoding _batches;
    private readonly TorchContext _context;
    private readonly int _threads;
    private readonly SemaphoreSlim _turns;

    private TorchEngine(TrainableModel model, BatchEncoding batches, TorchContext context, int dimensions, int threads)
    {
        (_model, _batches, _context, Dimensions, _threads) = (model, batches, context, dimensions, threads);
        _turns = new SemaphoreSlim(context.IsAsynchronous ? BatchesOnGpu : 1);
    }

    public string Name => _context.IsAsynchronous ? "cuda" : "libtorch";

    public string Backend => $"libtorch on {_context.Device.type.ToString().ToLowerInvariant()}";

    public int Dimensions { get; }

    /// <summary>On a CPU libtorch itself shares a batch among threads.</summary>
    public int Workers => _context.IsAsynchronous ? Math.Max(2, _threads) : 1;

    public BatchSize BatchSize => _context.IsAsynchronous ? new BatchSize(Least: 4_096, Most: 32_768) : new BatchSize(Least: 1_024, Most: 2_048);

    /// <summary>Loads a model.</summary>
    /// <param name="settings">The model.</param>
    /// <param name="device">A device that is there.</param>
    /// <param name="precision">float32, or one of 16 bits for weights and hidden states.</param>
    public static TorchEngine Load(EncoderSettings settings, ComputeDevice device, EncoderPrecision precision)
    {
        var context = TorchContext.On(device);
        var (folder, chain) = (settings.Folder, settings.Chain);
        var model = LibTorch.RunExclusively(() =>
        {
            using var scope = NewDisposeScope();
            using var checkpoint = folder.OpenCheckpoint();
            return TrainableModel.Load(
                checkpoint, folder.Config, context, hiddenDropout: 0, attentionDropout: 0, chain: (chain.Modules, folder.ReadModuleWeights()));
        });
        if (precision.IsHalf())
        {
            model.Encoder.to(precision == EncoderPrecision.BFloat16 ? ScalarType.BFloat16 : ScalarType.Float16);
        }

        model.Encoder.eval();
        model.Chain?.eval();
        return new TorchEngine(
            model,
            new BatchEncoding(model.Encoder, model.Chain, chain.Poolings, folder.Config.PadTokenId, context),
            context,
            chain.SizeAfter(chain.PooledSize(folder.Config.HiddenSize)),
            settings.Threads);
    }

    public async ValueTask<EmbeddingMatrix> EncodeAsync(IReadOnlyList<TokenizedText> texts, int workers, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return Encode(texts, cancellationToken);
        }
        finally
        {
            _turns.Release();
        }
    }

    public async ValueTask<EmbeddingMatrix> EncodeTokensAsync(int[] ids, int workers, CancellationToken cancellationToken)
    {
        await _turns.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return Compute(() => Matrix(_batches.HiddenStates(ids)));
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose()
    {
        _model.Dispose();
        _turns.Dispose();
    }

    /// <summary>
    /// Cuts a batch into texts of similar length, which together have room for <see cref="BatchSize.Most"/> tokens with their padding, and computes one part after the other.
    /// </summary>
    internal static IEnumerable<int[]> Parts(IReadOnlyList<TokenizedText> texts, int room)
    {
        var part = new List<int>();
        foreach (var text in Enumerable.Range(0, texts.Count).OrderByDescending(text => texts[text].Ids.Length))
        {
            if (part.Count > 0 && (long)(part.Count + 1) * texts[part[0]].Ids.Length > room)
            {
                yield return [.. part];
                part.Clear();
            }

            part.Add(text);
        }

        if (part.Count > 0)
        {
            yield return [.. part];
        }
    }

    private EmbeddingMatrix Encode(IReadOnlyList<TokenizedText> texts, CancellationToken cancellationToken) => Compute(() =>
    {
        var embeddings = new EmbeddingMatrix(texts.Count, Dimensions);
        foreach (var part in Parts(texts, BatchSize.Most))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var vectors = Matrix(_batches.Encode([.. part.Select(text => texts[text])]));
            for (var row = 0; row < part.Length; row++)
            {
                vectors[row].CopyTo(embeddings[part[row]]);
            }
        }

        return embeddings;
    });

    private EmbeddingMatrix Compute(Func<EmbeddingMatrix> compute)
    {
        using var threads = _context.IsAsynchronous ? null : new ThreadCount(_threads);
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        return compute();
    }

    private static EmbeddingMatrix Matrix(Tensor rows) => new(HostMemory.ToArray(rows), (int)rows.shape[0], (int)rows.shape[1]);
}
