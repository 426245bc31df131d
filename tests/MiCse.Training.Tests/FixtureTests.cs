using MiCse.Tests;

namespace MiCse.Training.Tests;

public class FixtureTests
{
    [Fact]
    public void Golden_files_are_there() => Assert.True(File.Exists(Fixture.Path("bert-random", "config.json")));
}
