using MiCse.Tests;

namespace MiCse.Training.Tests;

/// <summary>The C# programs of README.md and of the pages it leads to run as they stand there, in an empty folder.</summary>
public sealed class ReadmeTests : IDisposable
{
    private readonly string _start = Directory.GetCurrentDirectory();
    private readonly string _folder = Directory.CreateTempSubdirectory("micse-readme-").FullName;

    [Fact]
    public void Every_program_runs()
    {
        Directory.SetCurrentDirectory(_folder);
        foreach (var document in new[] { "README.md", "docs/programs.md", "docs/search.md", "docs/vector-data.md" })
        {
            var programs = Snippet.In(document);
            Assert.NotEmpty(programs);
            foreach (var program in programs)
            {
                program.Run();
            }
        }

        Assert.True(File.Exists(Path.Combine("trained", "model.safetensors")));
        Assert.True(File.Exists(Path.Combine("store", "recipes", "index.json")));
    }

    public void Dispose()
    {
        Directory.SetCurrentDirectory(_start);
        Directory.Delete(_folder, recursive: true);
    }
}
