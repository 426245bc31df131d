namespace MiCse.Training.Distributed;

/// <summary>A training by itself: one rank, and nobody to talk to.</summary>
internal sealed class SingleProcess : ICollective
{
    public static SingleProcess Instance { get; } = new();

    public int Rank => 0;

    public int Count => 1;

    public void Exchange(ReadOnlySpan<float> parts, Span<float> received) => parts.CopyTo(received);

    public void Gather(ReadOnlySpan<byte> own, Span<byte> all) => own.CopyTo(all);

    public void Broadcast(Span<byte> data)
    {
    }

    public void Abort(int exitCode) => Environment.Exit(exitCode);

    public void Dispose()
    {
    }
}
