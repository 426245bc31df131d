using MiCse.Tests;

namespace MiCse.Training.Tests;

/// <summary>What ARCHITECTURE.md promises about the code of the projects that use libtorch.</summary>
public sealed class ArchitectureTests
{
    [Theory]
    [InlineData("MiCse.Training")]
    [InlineData("MiCse.Cli")]
    public void Namespaces_have_no_cycles(string project)
    {
        var cycles = Dependencies.Of(project).Cycles();

        Assert.True(cycles.Count == 0, string.Join('\n', cycles));
    }
}
