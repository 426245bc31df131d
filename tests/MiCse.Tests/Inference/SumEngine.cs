using System.Collections.Concurrent;
using MiCse.Inference;
using MiCse.Tokenization;
using MiCse.Vectors;

namespace MiCse.Tests.Inference;

/// <summary>An engine that computes on the thread of its caller: a text's embedding is the sum of its characters. It counts the threads that compute.</summary>
/// <param name="workers">How many batches are computed at a time.</param>
/// <param name="gate">What each batch waits for; null does not wait.</param>
internal sealed class SumEngine(int workers, ManualResetEventSlim? gate = null) : IEncoderEngine
{
    private readonly ConcurrentDictionary<int, bool> _threads = [];
    private int _atOnce;
    private int _mostAtOnce;

    public string Name => "sum";

    public int Dimensions => 1;

    public int Workers => workers;

    public BatchSize BatchSize => new(Least: 64, Most: 512);

    /// <summary>The threads that have computed.</summary>
    public IEnumerable<int> Threads => _threads.Keys;

    /// <summary>The largest number of workers that computed at a time.</summary>
    public int MostAtOnce => _mostAtOnce;

    public static TokenizedText Tokenize(string text) => new([0, .. text.Select(character => (int)character)], Truncated: false);

    public ValueTask<EmbeddingMatrix> EncodeAsync(IReadOnlyList<TokenizedText> texts, int workers, CancellationToken cancellationToken)
    {
        gate?.Wait(TestContext.Current.CancellationToken);
        _threads[Environment.CurrentManagedThreadId] = true;
        var atOnce = Interlocked.Add(ref _atOnce, workers);
        for (var most = _mostAtOnce; most < atOnce && Interlocked.CompareExchange(ref _mostAtOnce, atOnce, most) != most; most = _mostAtOnce)
        {
        }

        float[] sums = [.. texts.Select(text => text.Ids.Sum(id => (float)id))];
        Interlocked.Add(ref _atOnce, -workers);
        return ValueTask.FromResult(new EmbeddingMatrix(sums, sums.Length, 1));
    }

    public ValueTask<EmbeddingMatrix> EncodeTokensAsync(int[] ids, int workers, CancellationToken cancellationToken) => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
