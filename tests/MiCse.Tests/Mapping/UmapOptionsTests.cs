using MiCse.Mapping;
using MiCse.Tests.Clustering;
using MiCse.Vectors;

namespace MiCse.Tests.Mapping;

public class UmapOptionsTests
{
    [Fact]
    public void Defaults_are_umap_learns()
    {
        var options = new UmapOptions();

        Assert.Equal((15, 0.1, 1.0, 5, 1.0), (options.Neighbors, options.MinDistance, options.Spread, options.NegativeSamples, options.LearningRate));
        Assert.Equal((2, DistanceMetric.Cosine), (options.Components, options.Metric));
        Assert.Null(options.Epochs);
        Assert.Null(options.Threads);
        Assert.Equal(42, options.Seed);
    }

    public static TheoryData<UmapOptions, string> OutOfRange => new()
    {
        { new UmapOptions { Neighbors = 1 }, "Neighbors is 1; at least 2 are needed, the point itself and another." },
        { new UmapOptions { Spread = 0 }, "Spread is 0; it must be above 0." },
        { new UmapOptions { MinDistance = 2.5 }, "MinDistance is 2.5; it must be from 0 to Spread, which is 1." },
        { new UmapOptions { MinDistance = double.NaN }, "MinDistance is NaN; it must be from 0 to Spread, which is 1." },
        { new UmapOptions { Epochs = 0 }, "Epochs is 0; at least 1 is needed." },
        { new UmapOptions { NegativeSamples = -1 }, "NegativeSamples is -1; it cannot be below 0." },
        { new UmapOptions { LearningRate = double.PositiveInfinity }, "LearningRate is Infinity; it must be above 0." },
        { new UmapOptions { Components = 0 }, "Components is 0; it must be from 1 to 100." },
        { new UmapOptions { Components = 101 }, "Components is 101; it must be from 1 to 100." },
        { new UmapOptions { Metric = (DistanceMetric)5 }, "Metric is 5, which is none." },
        { new UmapOptions { Threads = 0 }, "Threads is 0; at least 1 is needed." },
    };

    [Theory]
    [MemberData(nameof(OutOfRange), DisableDiscoveryEnumeration = true)]
    public void What_is_out_of_range_is_named(UmapOptions options, string message) =>
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => Umap.Fit(Blobs.Of(5, 1), options, progress: null, TestContext.Current.CancellationToken)).Message);
}
