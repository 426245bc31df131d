using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MiCse.Tests;

/// <summary>What ARCHITECTURE.md promises about the code as a whole, counted.</summary>
public sealed partial class ArchitectureTests
{
    private const int LongestFile = 400;
    private const int MostPublicTypes = 156;
    private const int MostPackages = 8;

    [Theory]
    [InlineData("MiCse")]
    [InlineData("MiCse.OnnxRuntime")]
    [InlineData("MiCse.Data")]
    [InlineData("MiCse.VectorData")]
    [InlineData("MiCse.Postgres")]
    [InlineData("MiCse.Server")]
    [InlineData("MiCse.Views")]
    public void Namespaces_have_no_cycles(string project)
    {
        var cycles = Dependencies.Of(project).Cycles();

        Assert.True(cycles.Count == 0, string.Join('\n', cycles));
    }

    [Fact]
    public void A_cycle_of_namespaces_is_found()
    {
        // The tests are one: those of Inference use helpers of Tests, and those of the encoder use some of Inference.
        var cycles = new Dependencies(typeof(ArchitectureTests).Assembly, []).Cycles();

        Assert.Contains(cycles, cycle => cycle.StartsWith("MiCse.Tests.Inference -> MiCse.Tests: ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("MiCse")]
    [InlineData("MiCse.OnnxRuntime")]
    [InlineData("MiCse.Data")]
    [InlineData("MiCse.VectorData")]
    [InlineData("MiCse.Postgres")]
    [InlineData("MiCse.Server")]
    [InlineData("MiCse.Views")]
    [InlineData("MiCse.Training")]
    [InlineData("MiCse.Extensions.AI")]
    [InlineData("MiCse.Aspire")]
    [InlineData("MiCse.Aspire.Hosting")]
    [InlineData("MiCse.Mcp")]
    [InlineData("MiCse.Cli")]
    public void Architectures_are_named_where_they_are_described_alone(string project)
    {
        // Parts of tokenizers bear the names that tokenizer.json gives them. Strings are left out: help texts, names of files, ids on the Hub.
        var described = new[] { "Models", "Tokenization" }
            .Select(folder => Path.Combine(Fixture.Repository, "src", "MiCse", folder) + Path.DirectorySeparatorChar).ToArray();

        Assert.DoesNotContain(Dependencies.Sources(project), file => !described.Any(folder => file.StartsWith(folder, StringComparison.Ordinal))
            && ArchitectureName().IsMatch(Text().Replace(Dependencies.WithoutComments(File.ReadAllText(file)), "\"\"")));
    }

    [Theory]
    [InlineData("MiCse")]
    [InlineData("MiCse.OnnxRuntime")]
    [InlineData("MiCse.Data")]
    [InlineData("MiCse.VectorData")]
    [InlineData("MiCse.Postgres")]
    [InlineData("MiCse.Server")]
    [InlineData("MiCse.Views")]
    [InlineData("MiCse.Training")]
    [InlineData("MiCse.Extensions.AI")]
    [InlineData("MiCse.Aspire")]
    [InlineData("MiCse.Aspire.Hosting")]
    [InlineData("MiCse.Mcp")]
    [InlineData("MiCse.Cli")]
    public void Files_are_short_and_lie_where_their_namespace_says(string project)
    {
        foreach (var file in Dependencies.Sources(project))
        {
            var lines = File.ReadAllLines(file);
            Assert.True(lines.Length <= LongestFile, $"{file} has {lines.Length} lines.");
            var folder = Path.GetRelativePath(Path.Combine(Fixture.Repository, "src"), Path.GetDirectoryName(file)!).Replace(Path.DirectorySeparatorChar, '.');
            Assert.True(lines.Contains($"namespace {folder};") || !lines.Any(line => line.StartsWith("namespace ", StringComparison.Ordinal)),
                $"{file} is not in the namespace {folder}.");
        }
    }

    [Fact]
    public void Files_beside_the_source_are_short_too() =>
        Assert.DoesNotContain(
            new[] { "tests", "bench", "examples" }.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Fixture.Repository, folder), "*.cs", SearchOption.AllDirectories)),
            file => File.ReadLines(file).Count() > LongestFile);

    [Fact]
    public void Loops_on_several_threads_fail_as_plain_loops_do()
    {
        // Parallel.For wraps what its body throws in an AggregateException, which no documentation names.
        var places = Directory.EnumerateFiles(Path.Combine(Fixture.Repository, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) != "ParallelLoop.cs" && File.ReadLines(file).Any(line =>
                line.Contains("Parallel.For(", StringComparison.Ordinal) || line.Contains("Parallel.ForEach(", StringComparison.Ordinal) || line.Contains(".AsParallel(", StringComparison.Ordinal)))
            .Select(Path.GetFileName);
        Assert.Empty(places);
    }

    [Fact]
    public void The_public_surface_stays_small()
    {
        // As the analyzer of public APIs has it, because loading all types of the training would load libtorch's bindings.
        string[] libraries = ["MiCse", "MiCse.OnnxRuntime", "MiCse.Data", "MiCse.VectorData", "MiCse.Postgres", "MiCse.Training", "MiCse.Server", "MiCse.Extensions.AI", "MiCse.Aspire", "MiCse.Aspire.Hosting"];
        var types = libraries.SelectMany(library => File.ReadLines(Path.Combine(Fixture.Repository, "src", library, "PublicAPI.Unshipped.txt")))
            .Count(line => TypeName().IsMatch(line));

        Assert.InRange(types, 1, MostPublicTypes);
    }

    [Fact]
    public void Few_packages_stand_behind_the_library()
    {
        var packages = RuntimePackages("MiCse");

        Assert.True(packages.Length <= MostPackages, string.Join(' ', packages));
        string[] elsewhere = ["CsvHelper", "Google.Protobuf", "Microsoft.ML.OnnxRuntime", "Microsoft.ML.OnnxRuntime.Managed", "Parquet.Net", "ZstdSharp.Port", "Microsoft.Extensions.VectorData.Abstractions", "Npgsql", "TorchSharp", "prometheus-net", "Scalar.AspNetCore"];
        Assert.Empty(packages.Intersect(elsewhere));
    }

    [Theory]
    [InlineData("MiCse")]
    [InlineData("MiCse.OnnxRuntime")]
    [InlineData("MiCse.Data")]
    [InlineData("MiCse.VectorData")]
    [InlineData("MiCse.Postgres")]
    [InlineData("MiCse.Server")]
    [InlineData("MiCse.Views")]
    [InlineData("MiCse.Training")]
    public void Libraries_are_optimised_in_every_configuration(string library) =>
        Assert.False(Assembly.Load(library).GetCustomAttribute<DebuggableAttribute>()?.IsJITOptimizerDisabled);

    /// <summary>The packages that come along with a project, without those that only its own build needs.</summary>
    private static string[] RuntimePackages(string project)
    {
        using var assets = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Fixture.Repository, "artifacts", "obj", project, "project.assets.json")));
        return
        [
            .. from package in assets.RootElement.GetProperty("targets").EnumerateObject().First().Value.EnumerateObject()
               where package.Value.GetProperty("type").GetString() == "package"
                   && (package.Value.TryGetProperty("runtime", out _) || package.Value.TryGetProperty("runtimeTargets", out _))
               select package.Name.Split('/')[0],
        ];
    }

    [GeneratedRegex("bert|mpnet|electra|xlm|deberta", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ArchitectureName();

    [GeneratedRegex("\"(?:\\\\.|[^\"\\\\])*\"", RegexOptions.CultureInvariant)]
    private static partial Regex Text();

    [GeneratedRegex(@"^[\w.]+(<[\w, ]+>)?$", RegexOptions.CultureInvariant)]
    private static partial Regex TypeName();
}
