namespace MiCse.Server.Telemetry;

/// <summary>The names under which a server publishes traces and metrics, for OpenTelemetry.</summary>
public static class MiCseTelemetry
{
    /// <summary>The source of activities: a span for each request for embeddings, with OpenTelemetry's gen_ai attributes.</summary>
    public const string ActivitySource = "MiCse.Server";

    /// <summary>The meter of OpenTelemetry's gen_ai metrics.</summary>
    public const string Meter = "MiCse.Server";
}
