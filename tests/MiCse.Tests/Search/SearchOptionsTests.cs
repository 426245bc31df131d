using MiCse.Search;
using MiCse.Vectors;

namespace MiCse.Tests.Search;

public class SearchOptionsTests
{
    [Fact]
    public void Defaults()
    {
        var options = new SearchOptions();
        Assert.Equal((SimilarityMeasure.Cosine, null, null), (options.Measure, options.MinScore, options.Threads));
    }
}
