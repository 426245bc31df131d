namespace MiCse.Hub;

/// <summary>A transfer that ended early or fell silent: worth going on from where it was.</summary>
internal sealed class BrokenTransferException(string message, Exception? inner = null) : IOException(message, inner);
