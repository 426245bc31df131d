using TorchSharp;

namespace MiCse.Training.Native;

/// <summary>Sets libtorch's number of processor threads, and puts the old one back when disposed.</summary>
internal sealed class ThreadCount : IDisposable
{
    private readonly int _before = torch.get_num_threads();

    public ThreadCount(int threads) => torch.set_num_threads(threads);

    public void Dispose() => torch.set_num_threads(_before);
}
