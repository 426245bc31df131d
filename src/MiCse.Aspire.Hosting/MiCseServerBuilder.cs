using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace MiCse.Aspire.Hosting;

/// <summary>Puts an embedding server into an Aspire application.</summary>
public static class MiCseServerBuilder
{
    private const string KeysVariable = "MICSE_API_KEYS";

    /// <summary>
    /// Adds a server, <c>micse serve</c>, with an HTTP endpoint called <c>http</c>, a health check (ready when the model is loaded), and traces and metrics for the dashboard.
    /// Without <see cref="WithModel"/> it serves the built-in model. The program is the .NET tool <c>micse</c>, which must be installed where the application runs.
    /// </summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The resource's name, and that of the connection string of those that refer to it.</param>
    /// <param name="port">The port that clients see; null for a free one.</param>
    /// <param name="command">The program, where it is not <c>micse</c> on the path.</param>
    /// <returns>The resource, for <see cref="WithModel"/>, <see cref="WithIndex"/> and what every executable can be told.</returns>
    public static IResourceBuilder<MiCseServerResource> AddMiCseServer(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, int? port = null, string command = "micse")
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(command);
        var resource = new MiCseServerResource(name, command, builder.AppHostDirectory);
        return builder.AddResource(resource)
            .WithHttpEndpoint(port, name: MiCseServerResource.EndpointName)
            .WithHttpHealthCheck("/readyz", endpointName: MiCseServerResource.EndpointName)
            .WithOtlpExporter()
            .WithArgs(context => Arguments(resource, context))
            .WithEnvironment(context =>
            {
                if (resource.Key is { } key)
                {
                    context.EnvironmentVariables[KeysVariable] = key;
                }
            });
    }

    /// <summary>Serves a model; given several times, several, of which the first answers requests that name none.</summary>
    /// <param name="builder">The server.</param>
    /// <param name="model">A folder, relative to the application host's, the built-in model, or the id of a model on the Hugging Face Hub.</param>
    /// <param name="servedName">What requests call it; null for the folder's name, or the id without its revision.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static IResourceBuilder<MiCseServerResource> WithModel(this IResourceBuilder<MiCseServerResource> builder, string model, string? servedName = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(model);
        var folder = Path.GetFullPath(model, builder.Resource.WorkingDirectory);
        builder.Resource.Models.Add((servedName ?? (Directory.Exists(folder) ? Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)) : model.Split('@')[0]), model));
        return builder;
    }

    /// <summary>Lets requests search an index.</summary>
    /// <param name="builder">The server.</param>
    /// <param name="name">The index's name in requests.</param>
    /// <param name="folder">Its folder, relative to the application host's.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static IResourceBuilder<MiCseServerResource> WithIndex(this IResourceBuilder<MiCseServerResource> builder, string name, string folder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        builder.Resource.Indexes.Add($"{name}={folder}");
        return builder;
    }

    /// <summary>Answers only requests that have a key; those that refer to the server get it in their connection string.</summary>
    /// <param name="builder">The server.</param>
    /// <param name="key">The key, a secret parameter.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static IResourceBuilder<MiCseServerResource> WithApiKey(this IResourceBuilder<MiCseServerResource> builder, IResourceBuilder<ParameterResource> key)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(key);
        builder.Resource.Key = key.Resource;
        return builder;
    }

    private static void Arguments(MiCseServerResource server, CommandLineArgsCallbackContext context)
    {
        context.Args.Add("serve");
        context.Args.Add("--port");
        context.Args.Add(server.Endpoint.Property(EndpointProperty.TargetPort));
        foreach (var (name, source) in server.Models)
        {
            context.Args.Add("--model");
            context.Args.Add($"{name}={source}");
        }

        foreach (var index in server.Indexes)
        {
            context.Args.Add("--index");
            context.Args.Add(index);
        }
    }
}
