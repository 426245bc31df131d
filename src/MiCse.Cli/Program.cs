using System.Runtime.InteropServices;
using MiCse.Cli;
using MiCse.Cli.Terminal;

using var cancellation = new CancellationTokenSource();

// The first Ctrl-C (or a polite kill) asks the work to stop and clean up; a second one ends the process at once.
void Cancel(PosixSignalContext context)
{
    context.Cancel = !cancellation.IsCancellationRequested;
    cancellation.Cancel();
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);

return MiCseCommandLine.Run(args, StandardStreams.OfProcess(cancellation.Token), cancellation.Token);
