namespace MiCse.Cli.Terminal;

/// <summary>The work was stopped from outside, and goes on where it was when it is asked to.</summary>
/// <param name="message">Where it goes on from and how, without a full stop.</param>
/// <param name="cancelled">How it was stopped.</param>
internal sealed class ResumableException(string message, OperationCanceledException cancelled) : OperationCanceledException(message, cancelled, cancelled.CancellationToken);
