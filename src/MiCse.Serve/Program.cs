using System.CommandLine;
using MiCse.Cli.Options;
using MiCse.Cli.Terminal;
using MiCse.Serve;

var options = new ServeOptions();
var checksHealth = new Option<bool>("--check-health") { Description = "Ask the server on this machine whether it lives, for health checks of containers: exit code 0 or 1." };
return await new CompanionMain("micse serve", "Serves embeddings over HTTP.")
    .With([.. options.Groups.SelectMany(group => group.Options), checksHealth])
    .RunAsync(
        args,
        failure => failure is ServeFailure,
        (parsed, stop) => parsed.GetValue(checksHealth)
            ? HealthCheck.RunAsync(parsed.GetRequiredValue(options.Port), stop)
            : ServeHost.RunAsync(parsed, options, stop)).ConfigureAwait(false);
