using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace MiCse.Tests;

/// <summary>The documents are true of the code: every path, type, count and program in them.</summary>
public sealed partial class DocumentationTests
{
    /// <summary>The public types may be fewer than ARCHITECTURE.md says by no more than this, so that the figure stays near the truth.</summary>
    private const int MostFewerTypes = 10;

    private static readonly string s_architecture = Read("ARCHITECTURE.md");

    public static TheoryData<string> Documents => [.. Markdown("").Concat(Markdown("docs")).Concat(Markdown("examples")).Concat(Markdown("models/micse-mini-en")).Concat(Markdown("models/micse-small-en")).Concat(Packages())];

    [Fact]
    public void Every_path_of_the_architecture_exists()
    {
        var paths = Code().Matches(s_architecture).Select(match => match.Groups["code"].Value)
            .Where(code => code.Contains('/', StringComparison.Ordinal) && !code.Contains(' ', StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(paths);
        Assert.All(paths, path => Assert.True(Path.Exists(Path.Combine(Fixture.Repository, path)), $"{path} is not there."));
    }

    [Fact]
    public void Every_folder_of_the_project_tree_exists()
    {
        var tree = Tree().Match(s_architecture).Groups["tree"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Superset(
            Directory.GetDirectories(Path.Combine(Fixture.Repository, "src")).Select(folder => $"src/{Path.GetFileName(folder)}/").ToHashSet(),
            tree.Select(line => line.Split(' ')[0]).ToHashSet());
        Assert.All(
            tree.SelectMany(line => line.Split("  ")[0].StartsWith("micse", StringComparison.Ordinal) ? ["micse", "micse.cmd"] : new[] { line.Split(' ')[0] }),
            path => Assert.True(Path.Exists(Path.Combine(Fixture.Repository, path)), $"{path} is not there."));
    }

    [Fact]
    public void Every_folder_of_the_library_has_its_line()
    {
        var folders = Directory.GetDirectories(Path.Combine(Fixture.Repository, "src", "MiCse")).Select(folder => Path.GetFileName(folder))
            .Where(folder => Directory.EnumerateFiles(Path.Combine(Fixture.Repository, "src", "MiCse", folder), "*.cs", SearchOption.AllDirectories).Any());
        var lines = FolderLine().Matches(Section("Folders of `src/MiCse`")).Select(match => match.Groups["folder"].Value);

        Assert.Equal(folders.Order(StringComparer.Ordinal), lines.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_file_that_is_named_without_a_folder_exists()
    {
        var files = Directory.EnumerateFiles(Path.Combine(Fixture.Repository, "src"), "*", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Fixture.Repository)).Select(file => Path.GetFileName(file)).ToHashSet();
        string[] written = ["config.json", "index.json"]; // of models and indexes

        Assert.All(
            Code().Matches(s_architecture).Select(match => match.Groups["code"].Value).Where(code => FileName().IsMatch(code)).Except(written),
            file => Assert.Contains(file, files));
    }

    [Fact]
    public void Every_type_on_a_path_exists()
    {
        var declared = Declared();
        var named = Code().Matches(Section("The paths") + Section("The seams")).Select(match => match.Groups["code"].Value)
            .Where(code => TypeName().IsMatch(code)).Select(code => code.Split('.')[0]).Distinct().ToList();

        Assert.True(named.Count > 100, $"only {named.Count} types were found");
        Assert.Empty(named.Except(declared));
    }

    [Fact]
    public void Every_type_in_the_picture_of_the_paths_exists_and_is_on_a_path()
    {
        var named = PictureType().Matches(Read("docs/paths.svg")).Select(match => match.Groups["type"].Value).Distinct().ToList();

        Assert.NotEmpty(named);
        Assert.Empty(named.Except(Declared()));
        Assert.All(named, type => Assert.Contains($"`{type}`", Section("The paths"), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("MiCse")]
    [InlineData("MiCse.OnnxRuntime")]
    [InlineData("MiCse.Data")]
    [InlineData("MiCse.VectorData")]
    [InlineData("MiCse.Extensions.AI")]
    [InlineData("MiCse.Aspire")]
    [InlineData("MiCse.Aspire.Hosting")]
    [InlineData("MiCse.Postgres")]
    [InlineData("MiCse.Server")]
    [InlineData("MiCse.Training")]
    public void The_public_types_are_counted(string library)
    {
        var types = Read($"src/{library}/PublicAPI.Unshipped.txt").Split('\n').Count(line => PublicType().IsMatch(line.TrimEnd('\r')));

        var most = Counted($"public types of {library}");
        Assert.InRange(types, most - MostFewerTypes, most);
    }

    [Fact]
    public void The_runtime_packages_are_counted()
    {
        using var assets = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Fixture.Repository, "artifacts", "obj", "MiCse", "project.assets.json")));
        var packages = assets.RootElement.GetProperty("targets").EnumerateObject().First().Value.EnumerateObject().Count(package =>
            package.Value.GetProperty("type").GetString() == "package"
            && (package.Value.TryGetProperty("runtime", out _) || package.Value.TryGetProperty("runtimeTargets", out _)));

        Assert.Equal(packages, Counted("runtime packages behind MiCse"));
    }

    /// <summary>Programs with libraries that these tests do not have are compiled by those of the integrations.</summary>
    public static TheoryData<string> ProgramDocuments => [.. Documents.Select(row => row.Data).Except(["docs/integrations.md", "src/MiCse.Aspire/PACKAGE.md", "src/MiCse.Aspire.Hosting/PACKAGE.md", "src/MiCse.Extensions.AI/PACKAGE.md"])];

    [Theory]
    [MemberData(nameof(ProgramDocuments))]
    public void Every_program_compiles(string document) =>
        Assert.All(Snippet.In(document), snippet => Assert.True(snippet.Problems() is [], string.Join('\n', snippet.Problems())));

    [Fact]
    public void A_program_without_its_usings_does_not_compile() =>
        Assert.NotEmpty(new Snippet("here", "using var encoder = SentenceEncoder.Load(\"micse-mini-en\");").Problems());

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_linked_file_exists(string document) => Assert.All(
        Link().Matches(Read(document)).Select(match => match.Groups["target"].Value.Split('#')[0]).Where(target => target.Length > 0 && !target.Contains(':', StringComparison.Ordinal)),
        target => Assert.True(Path.Exists(Path.Combine(Path.GetDirectoryName(Path.Combine(Fixture.Repository, document))!, target)), $"{document}: {target} is not there."));

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_command_and_option_exists(string document)
    {
        foreach (Match match in CommandLine().Matches(Read(document).Replace("\\\n", " ", StringComparison.Ordinal)))
        {
            string[] words = match.Groups["words"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var command = words is ["index", "add" or "remove" or "compact" or "push", ..] ? words[..2] : words[..1];
            var help = CommandRun.Of([.. command, "--help"]);
            Assert.True(help.ExitCode == 0, $"{document}: there is no command '{string.Join(' ', command)}'.");
            Assert.All(Option().Matches(match.Groups["words"].Value).Select(option => option.Groups["option"].Value), option =>
                Assert.True(Regex.IsMatch(help.Output, $@"(?<![\w-]){option}(?![\w-])"), $"{document}: '{command[0]}' has no option {option}."));
        }
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public async Task Every_block_of_shell_is_shell(string document)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no bash.");
        foreach (Match block in ShellBlock().Matches(Read(document)))
        {
            var (exitCode, error) = await Bash(block.Groups["code"].Value);
            Assert.True(exitCode == 0, $"{document}: {error}\n{block.Groups["code"].Value}");
        }
    }

    [Theory]
    [InlineData("batch-job-definition.json")]
    [InlineData("gke-job.yaml")]
    [InlineData("aks-job.yaml")]
    [InlineData("train-gpu.sbatch")]
    public void What_runs_in_a_cloud_is_a_command_that_exists(string file)
    {
        var text = Read($"containers/cloud/{file}").Replace("\\\n", " ", StringComparison.Ordinal);
        string[] command = Path.GetExtension(file) switch
        {
            ".json" => [.. JsonDocument.Parse(text).RootElement.GetProperty("containerProperties").GetProperty("command").EnumerateArray().Select(word => word.GetString()!)],
            ".yaml" => [.. YamlArguments().Match(text).Groups["word"].Captures.Select(word => word.Value)],
            _ => text[text.IndexOf("exec ", StringComparison.Ordinal)..].Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries)[2..],
        };

        // Options are read before the model and the output's place are looked for, which are not there.
        var run = CommandRun.Of(command);

        Assert.Equal(1, run.ExitCode);
        Assert.Matches("^micse: /(data|shared)/(base|trained): ", run.Error);
    }

    private static async Task<(int ExitCode, string Error)> Bash(string script)
    {
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-n"]) { RedirectStandardInput = true, RedirectStandardError = true })!;
        await bash.StandardInput.WriteAsync(script);
        bash.StandardInput.Close();
        var error = await bash.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await bash.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (bash.ExitCode, error);
    }

    private static int Counted(string what) =>
        int.Parse(Regex.Match(s_architecture, $@"^\| {Regex.Escape(what)} \| (?:at most )?(\d+) \|", RegexOptions.Multiline).Groups[1].Value, CultureInfo.InvariantCulture);

    private static IEnumerable<string> Markdown(string folder) =>
        Directory.GetFiles(Path.Combine(Fixture.Repository, folder), "*.md").Select(file => Path.Combine(folder, Path.GetFileName(file)).Replace('\\', '/')).Order(StringComparer.Ordinal);

    /// <summary>The READMEs of the packages, whose programs .ci/packages runs as well.</summary>
    private static IEnumerable<string> Packages() =>
        Directory.GetDirectories(Path.Combine(Fixture.Repository, "src")).Select(folder => $"src/{Path.GetFileName(folder)}/PACKAGE.md").Where(file => File.Exists(Path.Combine(Fixture.Repository, file)));

    private static string Read(string file) => File.ReadAllText(Path.Combine(Fixture.Repository, file)).ReplaceLineEndings("\n");

    /// <summary>The text from a heading of the second level to the next one.</summary>
    private static string Section(string heading)
    {
        var start = s_architecture.IndexOf($"\n## {heading}\n", StringComparison.Ordinal);
        Assert.True(start >= 0, $"ARCHITECTURE.md has no section '{heading}'.");
        var end = s_architecture.IndexOf("\n## ", start + 4, StringComparison.Ordinal);
        return s_architecture[start..(end < 0 ? s_architecture.Length : end)];
    }

    /// <summary>The names of all types that are declared in src.</summary>
    private static HashSet<string> Declared() =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Fixture.Repository, "src"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Declaration().Matches(File.ReadAllText(file))).Select(match => match.Groups["name"].Value),
    ];

    [GeneratedRegex("^```bash\n(?<code>.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex ShellBlock();

    [GeneratedRegex(@"^ +args:\n(?: +- (?<word>.+)\n)+", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex YamlArguments();

    [GeneratedRegex("(?<!`)`(?<code>[^`\n]+)`(?!`)", RegexOptions.CultureInvariant)]
    private static partial Regex Code();

    [GeneratedRegex("^```\n(?<tree>micse .*?)^```", RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Tree();

    [GeneratedRegex(@"^\| `(?<folder>\w+)` \|", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex FolderLine();

    [GeneratedRegex(@"^[\w.]+\.(cs|csproj|js|css|html|targets|txt|json|md)$", RegexOptions.CultureInvariant)]
    private static partial Regex FileName();

    // PascalCase with at least two humps, or a member of such a type; not the names of projects and packages.
    [GeneratedRegex(@"^(?!MiCse\b|Microsoft\b)(I?[A-Z][a-z0-9]+[A-Z0-9]\w*|[A-Z][a-z]+)(\.[A-Z]\w+)?(?<!\.cs)$", RegexOptions.CultureInvariant)]
    private static partial Regex TypeName();

    [GeneratedRegex("""class="type"[^>]*>(?<type>\w+)<""", RegexOptions.CultureInvariant)]
    private static partial Regex PictureType();

    [GeneratedRegex(@"\b(class|struct|interface|enum|record)\s+(?!class\b|struct\b)(?<name>[A-Z]\w*)", RegexOptions.CultureInvariant)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"^[\w.]+(<[\w, ]+>)?$", RegexOptions.CultureInvariant)]
    private static partial Regex PublicType();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)|(?:src|srcset|href)=""(?<target>[^""]+)""", RegexOptions.CultureInvariant)]
    private static partial Regex Link();

    [GeneratedRegex(@"(?<=^|[`\n]|\$ )(?:\./)?micse (?<words>[a-z]+[^`\n]*)", RegexOptions.CultureInvariant)]
    private static partial Regex CommandLine();

    [GeneratedRegex(@"(?<=\s)(?<option>--[a-z][a-z0-9-]*|-[a-z])(?![\w-])", RegexOptions.CultureInvariant)]
    private static partial Regex Option();
}
