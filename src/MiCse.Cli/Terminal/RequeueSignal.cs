using System.Runtime.InteropServices;

namespace MiCse.Cli.Terminal;

/// <summary>SIGUSR1, with which a scheduler asks a task to stop and come again: the work is cancelled. Where there is no such signal, nothing happens.</summary>
internal sealed class RequeueSignal : IDisposable
{
    private const int Linux = 10;
    private const int MacOS = 30;

    private readonly CancellationTokenSource _stop;
    private readonly PosixSignalRegistration? _registration;

    /// <param name="cancellationToken">Ctrl-C, which cancels the work too.</param>
    public RequeueSignal(CancellationToken cancellationToken)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS())
        {
            _registration = PosixSignalRegistration.Create((PosixSignal)(OperatingSystem.IsLinux() ? Linux : MacOS), context =>
            {
                context.Cancel = true;
                IsAsked = true;
                _stop.Cancel();
            });
        }
    }

    /// <summary>Cancelled by the signal, or by Ctrl-C.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>Whether the signal came.</summary>
    public bool IsAsked { get; private set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        _registration?.Dispose();
        _stop.Dispose();
    }
}
