using System.Diagnostics;
using System.Text.RegularExpressions;
using k8s;
using k8s.Models;

namespace MiCse.Tests.Scale;

/// <summary>The manifests in deploy/kubernetes: no control plane runs here, so that they are checked against the types and the schemas of two client libraries.</summary>
public sealed partial class KubernetesTests
{
    public static TheoryData<string> Manifests => [.. Directory.GetFiles(Folder, "*.yaml").Select(file => Path.GetFileName(file))];

    private static string Folder => Path.Combine(Fixture.Repository, "deploy", "kubernetes");

    [Theory]
    [MemberData(nameof(Manifests))]
    public void No_name_in_a_manifest_is_unknown(string manifest) => Assert.Single(Load(manifest));

    [Fact]
    public void An_unknown_name_is_found() => Assert.ThrowsAny<Exception>(() =>
        KubernetesYaml.LoadAllFromString(File.ReadAllText(Path.Combine(Folder, "encode.yaml")).Replace("completionMode", "completionsMode", StringComparison.Ordinal), null, strict: true));

    [Fact]
    public void Job_and_command_agree_on_the_number_of_shards()
    {
        var job = Assert.IsType<V1Job>(Load("encode.yaml")[0]);

        Assert.Equal("Indexed", job.Spec.CompletionMode);
        Assert.Contains($"--shards={job.Spec.Completions}", job.Spec.Template.Spec.Containers[0].Args);
    }

    [Fact]
    public void Every_command_in_them_is_understood()
    {
        foreach (var job in new[] { "encode.yaml", "merge.yaml" }.Select(name => (V1Job)Load(name)[0]))
        {
            var container = job.Spec.Template.Spec.Containers[0];
            var help = CommandRun.Of([.. container.Command.Skip(1), "--help"]).Output;
            Assert.All(container.Args.Where(argument => argument.StartsWith("--", StringComparison.Ordinal)), argument =>
                Assert.Matches($@"(?<![\w-]){argument.Split('=')[0]}(?![\w-])", help));
        }
    }

    [Fact]
    public async Task Values_are_of_the_types_in_the_schemas()
    {
        var modules = NodeModules.Find("kubernetes-models");
        var manifests = $"[{string.Join(',', Manifests.Select(row => Json(row.Data)))}]";

        Assert.Equal("", await Check(manifests, modules));
        Assert.Contains("status", await Check(Status().Replace(manifests, "", 1), modules), StringComparison.Ordinal);
    }

    private static List<object> Load(string manifest) => KubernetesYaml.LoadAllFromString(File.ReadAllText(Path.Combine(Folder, manifest)), null, strict: true);

    private static string Json(string manifest) => KubernetesJson.Serialize(Load(manifest)[0]);

    private static async Task<string> Check(string manifests, string modules)
    {
        var start = new ProcessStartInfo("node", [Path.Combine(Fixture.Repository, "tests", "MiCse.Tests", "Scale", "check-manifests.cjs")])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
            Environment = { ["NODE_PATH"] = modules },
        };
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(manifests);
        process.StandardInput.Close();
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(error.Length == 0, process.ExitCode == 0);
        return error;
    }

    [GeneratedRegex("""
        "status":"True",?
        """, RegexOptions.CultureInvariant)]
    private static partial Regex Status();
}
