using System.Text.Json;
using System.Text.RegularExpressions;

namespace MiCse.Integrations.Tests;

/// <summary><c>dotnet new micse-app</c>, from the template's folder to what the program prints.</summary>
public sealed class TemplateTests : IDisposable
{
    private static readonly string s_template = Path.Combine(Fixture.Repository, "src", "MiCse.Templates", "content", "micse-app");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("template-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_program_it_makes_finds_the_nearest_text()
    {
        var hive = Path.Combine(_folder.FullName, "hive");
        var installed = await Tool.RunAsync(_folder.FullName, "new", "install", s_template, "--debug:custom-hive", hive);
        Assert.True(installed.ExitCode == 0, installed.Output);
        var made = await Tool.RunAsync(_folder.FullName, "new", "micse-app", "--name", "Try", "--debug:custom-hive", hive, "--no-update-check");
        Assert.True(made.ExitCode == 0, made.Output);
        Assert.Equal(["Program.cs", "Try.csproj", "texts.txt"], Directory.GetFiles(Path.Combine(_folder.FullName, "Try")).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        // What the package would bring is taken from a program of the same build; the packages themselves have tests of their own.
        var program = Programs.Folder("SemanticKernelSearch");
        File.WriteAllText(Path.Combine(_folder.FullName, "Directory.Build.targets"), $"""
            <Project>
              <ItemGroup>
                <PackageReference Remove="@(PackageReference)" />
                <Reference Include="{program}/MiCse.dll;{program}/Microsoft.Extensions.AI.Abstractions.dll" />
                <Content Include="{program}/models/**" LinkBase="models" CopyToOutputDirectory="PreserveNewest" />
              </ItemGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(_folder.FullName, "Directory.Build.props"), "<Project />");
        var project = Path.Combine(_folder.FullName, "Try");
        var built = await Tool.RunAsync(project, "build", "--nologo", "-v", "quiet", "-m:1", "-nodeReuse:false", "-p:UseSharedCompilation=false", "-warnaserror");
        Assert.True(built.ExitCode == 0, built.Output);
        var run = await Tool.RunAsync(project, Path.Combine(project, "bin", "Debug", "net10.0", "Try.dll"), "I", "forgot", "my", "password");
        Assert.True(run.ExitCode == 0, run.Output);
        Assert.Matches(@"^0\.\d\d  I cannot log in with my password\.\n(.+\n){2}$", run.Output.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void The_package_asked_for_is_of_the_same_version()
    {
        using var template = JsonDocument.Parse(File.ReadAllText(Path.Combine(s_template, ".template.config", "template.json")));
        var version = Regex.Match(File.ReadAllText(Path.Combine(Fixture.Repository, "Directory.Build.props")), "<Version>(?<version>.+?)</Version>").Groups["version"].Value;
        Assert.Equal(version, template.RootElement.GetProperty("symbols").GetProperty("micseVersion").GetProperty("defaultValue").GetString());
    }
}
