using MiCse.Inference;
using MiCse.Tokenization;
using MiCse.Vectors;

namespace MiCse.Tests.Inference;

/// <summary>An engine of one worker that computes a batch of many texts in a few steps, and pauses before each of them.</summary>
internal sealed class PausingEngine : IEncoderEngine
{
    private const int Steps = 3;

    private int _inside;

    public string Name => "pausing";

    public int Dimensions => 1;

    public int Workers => 1;

    public BatchSize BatchSize => new(Least: 64, Most: 512);

    /// <summary>Called with the number of every step, after its pause.</summary>
    public Action<int> Step { get; set; } = _ => { };

    /// <summary>The largest number of batches that were computed during the pauses of one batch.</summary>
    public int MostInside { get; private set; }

    public ValueTask<EmbeddingMatrix> EncodeAsync(IReadOnlyList<TokenizedText> texts, int workers, CancellationToken cancellationToken)
    {
        _inside++;
        return ValueTask.FromResult(new EmbeddingMatrix([.. texts.Select(text => (float)text.Ids.Sum())], texts.Count, 1));
    }

    public ValueTask<EmbeddingMatrix> EncodeAsync(IReadOnlyList<TokenizedText> texts, int workers, Action pause, CancellationToken cancellationToken)
    {
        _inside = 0;
        for (var step = 0; step < Steps; step++)
        {
            pause();
            Step(step);
        }

        MostInside = Math.Max(MostInside, _inside);
        _inside = 0;
        return EncodeAsync(texts, workers, cancellationToken);
    }

    public ValueTask<EmbeddingMatrix> EncodeTokensAsync(int[] ids, int workers, CancellationToken cancellationToken) => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
