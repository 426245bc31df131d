using System.Runtime.InteropServices;
using MiCse.Cli;
using MiCse.Cli.Terminal;

var stop = new StopRequest();

// The first Ctrl-C (or a polite kill) asks the work to stop and clean up; a second one ends the process at once.
void Cancel(PosixSignalContext context)
{
    context.Cancel = !stop.Token.IsCancellationRequested;
    stop.Make();
}

// Schedulers send it some time before they end a job: what runs saves what it has and ends with an exit code that says so.
const int FirstUserSignal = 10; // SIGUSR1
using var user = OperatingSystem.IsLinux()
    ? PosixSignalRegistration.Create((PosixSignal)FirstUserSignal, context =>
    {
        context.Cancel = true;
        stop.Make(runAgain: true);
    })
    : null;
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);

return MiCseCommandLine.Run(args, StandardStreams.OfProcess(() => stop.IsToRunAgain, stop.Token), stop.Token);
