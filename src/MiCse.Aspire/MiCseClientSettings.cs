using System.Data.Common;

namespace MiCse.Aspire;

/// <summary>
/// How a client reaches an embedding server. Read from the section <c>Aspire:MiCse</c> of the configuration, then from <c>Aspire:MiCse:NAME</c>, then from the connection string
/// of that name, then changed by the application.
/// </summary>
public sealed class MiCseClientSettings
{
    /// <summary>The server's address, such as http://localhost:8080.</summary>
    /// <value>The default is null, which cannot be used.</value>
    public Uri? Endpoint { get; set; }

    /// <summary>The key that the server asks for.</summary>
    /// <value>The default is null: it asks for none.</value>
    public string? Key { get; set; }

    /// <summary>The model's name on the server.</summary>
    /// <value>The default is null: the built-in model, micse-small-en.</value>
    public string? Model { get; set; }

    /// <summary>Whether the application's health does not ask for the server.</summary>
    /// <value>The default is false.</value>
    public bool DisableHealthChecks { get; set; }

    /// <summary>Whether calls are not traced.</summary>
    /// <value>The default is false.</value>
    public bool DisableTracing { get; set; }

    /// <summary>Whether calls are not counted.</summary>
    /// <value>The default is false.</value>
    public bool DisableMetrics { get; set; }

    /// <summary>Takes over what a connection string says: an address alone, or <c>Endpoint=…;Model=…;Key=…</c>.</summary>
    internal void Read(string connectionString)
    {
        if (Uri.TryCreate(connectionString, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
        {
            Endpoint = address;
            return;
        }

        var parts = new DbConnectionStringBuilder { ConnectionString = connectionString };
        Endpoint = parts.TryGetValue("Endpoint", out var endpoint) ? new Uri((string)endpoint) : Endpoint;
        Model = parts.TryGetValue("Model", out var model) ? (string)model : Model;
        Key = parts.TryGetValue("Key", out var key) ? (string)key : Key;
    }
}
