using Microsoft.Extensions.DependencyInjection;

namespace MiCse.Server.Tests;

public sealed class OptionTests
{
    [Fact]
    public void Defaults_are_those_of_the_documentation()
    {
        var options = new MiCseServerOptions();

        Assert.Empty(options.Models);
        Assert.Empty(options.Indexes);
        Assert.Empty(options.ApiKeys);
        Assert.Empty(options.AllowedHosts);
        Assert.Equal((false, true, true, true, EmptyTextPolicy.Encode), (options.Writable, options.Truncate, options.AcceptIds, options.Page, options.EmptyTexts));
        Assert.Equal((null, null, null), (options.MemoryBudget, options.IdleUnload, options.RequestsPerMinute));
        Assert.Equal(TimeSpan.FromSeconds(0.3), options.ShutdownGrace);
        var limits = options.Limits;
        Assert.Equal((16 << 20, 256L << 20, 16, 16_384, 2_000_000L, 512, 200_000, 1_000), (limits.BodyBytes, limits.AllBodyBytes, limits.JsonDepth, limits.Texts, limits.Tokens, limits.Requests, limits.WaitingTexts, limits.Hits));
        Assert.Equal((10.0, 300.0, 30.0), (limits.Wait.TotalSeconds, limits.RequestTime.TotalSeconds, limits.BodyTime.TotalSeconds));
    }

    [Fact]
    public void What_cannot_be_is_refused_all_at_once()
    {
        var failure = Assert.Throws<ArgumentException>(() => new ServiceCollection().AddMiCseServer(options =>
        {
            options.Limits.Texts = 0;
            options.RequestsPerMinute = -1;
            options.ApiKeys.Add(" ");
            options.Models.Add(new ServedModel("a", "x"));
            options.Models.Add(new ServedModel("a", "y"));
        }));

        Assert.Equal("Limits.Texts must be more than 0; RequestsPerMinute is -1; at least 1 is needed; ApiKeys has an empty key; two models are called a.", failure.Message);
    }
}
