using MiCse.Inference;

namespace MiCse.Tests.Inference;

/// <summary>Calls of an <see cref="EncoderQueue"/>, whose embeddings have one dimension.</summary>
internal static class QueueCalls
{
    public static EncodingCall Start(EncoderQueue queue, string[] texts, CancellationToken cancellationToken = default)
    {
        var call = Call(texts, cancellationToken);
        _ = queue.RunAsync(call);
        return call;
    }

    public static EncodingCall Call(string[] texts, CancellationToken cancellationToken = default) =>
        new(texts, dimensions: 1, null, cancellationToken);
}
