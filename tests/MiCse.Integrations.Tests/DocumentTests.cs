using System.Text.RegularExpressions;

namespace MiCse.Integrations.Tests;

/// <summary>Programs in documents that need these libraries, and the pages that are made of the comments in the source.</summary>
public sealed class DocumentTests
{
    private static readonly string[] s_libraries =
        ["MiCse", "MiCse.Aspire", "MiCse.Aspire.Hosting", "MiCse.Data", "MiCse.Extensions.AI", "MiCse.Server", "MiCse.Training", "MiCse.VectorData"];

    [Theory]
    [InlineData("docs/integrations.md")]
    [InlineData("src/MiCse.Aspire/PACKAGE.md")]
    [InlineData("src/MiCse.Aspire.Hosting/PACKAGE.md")]
    [InlineData("src/MiCse.Extensions.AI/PACKAGE.md")]
    public void Every_program_compiles(string document)
    {
        var programs = Snippet.In(document);
        Assert.NotEmpty(programs);
        Assert.All(programs, program => Assert.True(program.Problems() is [], string.Join('\n', program.Problems())));
    }

    [Fact]
    public async Task Every_public_type_has_its_page_without_a_warning()
    {
        var tool = await Tool.RunAsync(Fixture.Repository, "tool", "restore", "--verbosity", "quiet");
        Assert.SkipUnless(tool.ExitCode == 0, "docfx, a .NET tool that makes pages of comments, cannot be fetched here.");
        var output = Directory.CreateTempSubdirectory("api-");
        try
        {
            // As it stands in the repository, but from the build of these tests and into a folder of their own.
            var config = Path.Combine(output.FullName, "docfx.json");
            var build = new DirectoryInfo(AppContext.BaseDirectory).Name;
            var written = await File.ReadAllTextAsync(Path.Combine(Fixture.Repository, "docs", "api", "docfx.json"), TestContext.Current.CancellationToken);
            Assert.All(s_libraries, library => Assert.Contains($"\"{library}/debug/{library}.dll\"", written, StringComparison.Ordinal));
            await File.WriteAllTextAsync(
                config,
                written.Replace("../../artifacts/bin", Path.Combine(Fixture.Repository, "artifacts", "bin").Replace('\\', '/'), StringComparison.Ordinal)
                    .Replace("../../artifacts/api/yml", "yml", StringComparison.Ordinal).Replace("/debug/", $"/{build}/", StringComparison.Ordinal),
                TestContext.Current.CancellationToken);

            var made = await Tool.RunAsync(Fixture.Repository, "docfx", "metadata", config, "--warningsAsErrors");

            Assert.True(made.ExitCode == 0, made.Output);
            Assert.Matches(@"\b0 warning\(s\)", made.Output);
            var pages = Directory.GetFiles(Path.Combine(output.FullName, "yml"), "*.yml").Select(file => Path.GetFileNameWithoutExtension(file)).ToHashSet();
            foreach (var library in s_libraries)
            {
                var types = File.ReadLines(Path.Combine(Fixture.Repository, "src", library, "PublicAPI.Unshipped.txt")).Where(line => Regex.IsMatch(line, @"^[\w.]+(<[\w, ]+>)?$"));
                Assert.All(types, type => Assert.Contains(Regex.Replace(type, "<(.*)>", match => $"-{match.Groups[1].Value.Split(',').Length}"), pages));
            }
        }
        finally
        {
            output.Delete(recursive: true);
        }
    }

    [Fact]
    public void From_the_start_page_links_lead_to_every_document()
    {
        var docs = Path.Combine(Fixture.Repository, "docs");
        var found = new HashSet<string> { Path.Combine(docs, "README.md") };
        for (var next = new Queue<string>(found); next.TryDequeue(out var page);)
        {
            foreach (Match link in Regex.Matches(File.ReadAllText(page), @"\]\((?<file>[^):#\s]+\.md)(#[^)]*)?\)"))
            {
                var target = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, link.Groups["file"].Value));
                if (File.Exists(target) && found.Add(target))
                {
                    next.Enqueue(target);
                }
            }
        }

        Assert.All(Directory.GetFiles(docs, "*.md"), document => Assert.Contains(document, found));
    }
}
