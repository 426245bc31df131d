using MiCse.Server.Requests;
using Microsoft.Extensions.Logging;

namespace MiCse.Server.State;

/// <summary>What the server writes into its log: never a text of a request.</summary>
internal sealed partial class ServerLog(ILogger<ServerLog> logger)
{
    [LoggerMessage(1, LogLevel.Information, "Model {Model} is loaded: {Id}, {Bytes} bytes of weights, {Milliseconds} ms")]
    public partial void Loaded(string model, string id, long bytes, long milliseconds);

    [LoggerMessage(2, LogLevel.Information, "Ready: about {TokensPerSecond} tokens a second")]
    public partial void Ready(long tokensPerSecond);

    [LoggerMessage(3, LogLevel.Information, "Stopping: {Requests} requests are being answered")]
    public partial void Stopping(int requests);

    [LoggerMessage(8, LogLevel.Information, "Stopped after {Requests} requests")]
    public partial void Stopped(long requests);

    [LoggerMessage(4, LogLevel.Error, "The model {Model} cannot be loaded: {Reason}")]
    public partial void NotLoaded(string model, string reason);

    [LoggerMessage(5, LogLevel.Error, "An index cannot be opened: {Reason}")]
    public partial void IndexNotOpened(string reason);

    /// <summary>Writes a refusal; the sentence is ours and quotes nothing.</summary>
    public void Refused(string path, Refusal refusal) => WriteRefused(Short(path), refusal.Kind, refusal.Message);

    /// <summary>Writes a failure: what kind and where, without its message, which may hold a text.</summary>
    public void Failed(string path, Exception failure) => WriteFailed(Short(path), failure.GetType().Name, failure.StackTrace ?? "");

    [LoggerMessage(6, LogLevel.Debug, "{Path}: refused, {Kind}: {Reason}")]
    private partial void WriteRefused(string path, RefusalKind kind, string reason);

    [LoggerMessage(7, LogLevel.Error, "{Path}: {Failure} {Where}")]
    private partial void WriteFailed(string path, string failure, string where);

    private static string Short(string path) => path.Length <= 100 ? path : path[..100];
}
