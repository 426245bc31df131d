using Aspire.Hosting.ApplicationModel;

namespace MiCse.Aspire.Hosting;

/// <summary>An embedding server, <c>micse serve</c>, as a resource of an Aspire application.</summary>
/// <param name="name">The resource's name.</param>
/// <param name="command">The program: <c>micse</c>, or its path.</param>
/// <param name="workingDirectory">Where it runs, and what paths of models and indexes are relative to.</param>
public sealed class MiCseServerResource(string name, string command, string workingDirectory)
    : ExecutableResource(name, command, workingDirectory), IResourceWithConnectionString
{
    internal const string EndpointName = "http";

    private EndpointReference? _endpoint;

    /// <summary>Where the server listens.</summary>
    public EndpointReference Endpoint => _endpoint ??= new EndpointReference(this, EndpointName);

    /// <summary><c>Endpoint=http://…;Model=…;Key=…</c>, without a model where none is named and without a key where none is asked for.</summary>
    public ReferenceExpression ConnectionStringExpression
    {
        get
        {
            var expression = new ReferenceExpressionBuilder();
            expression.Append($"Endpoint={Endpoint.Property(EndpointProperty.Url)}");
            if (Models.Count > 0)
            {
                expression.AppendLiteral($";Model={Models[0].Name}");
            }

            if (Key is { } key)
            {
                expression.Append($";Key={key}");
            }

            return expression.Build();
        }
    }

    internal List<(string Name, string Source)> Models { get; } = [];

    internal List<string> Indexes { get; } = [];

    internal ParameterResource? Key { get; set; }
}
