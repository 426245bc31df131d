namespace MiCse.Tests.Hub;

/// <summary>A request that reached the test server; headers that were not sent are empty.</summary>
internal sealed record SeenRequest(string Method, string Path, int Port, string Range, string IfMatch, string Authorization);
