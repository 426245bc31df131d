using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using MiCse.Files;
using MiCse.Models;

namespace MiCse.Tests;

public sealed class SentenceEncoderServicesTests : IDisposable
{
    private readonly SmallModel _model = new();

    public void Dispose() => _model.Dispose();

    [Fact]
    public async Task One_encoder_serves_the_application_and_goes_with_it()
    {
        var provider = new ServiceCollection().AddMiCse(_model.Path, new SentenceEncoderOptions { Pooling = Pooling.Mean }).BuildServiceProvider();
        var encoder = provider.GetRequiredService<SentenceEncoder>();

        Assert.Same(encoder, provider.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>());
        Assert.Same(encoder, provider.GetRequiredService<IEmbeddingGenerator>());
        Assert.Equal(Pooling.Mean, encoder.Pooling.Pooling);
        await provider.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => encoder.Encode("the cat", TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_model_is_loaded_when_it_is_first_asked_for()
    {
        using var provider = new ServiceCollection().AddMiCse("there is no such model").BuildServiceProvider();
        Assert.Throws<ModelFormatException>(() => provider.GetRequiredService<SentenceEncoder>());
    }

    [Fact]
    public void Several_models_have_keys()
    {
        using var provider = new ServiceCollection()
            .AddKeyedMiCse("small", _model.Path)
            .AddKeyedMiCse("mean", _model.Path, new SentenceEncoderOptions { Pooling = Pooling.Mean })
            .BuildServiceProvider();

        var small = provider.GetRequiredKeyedService<IEmbeddingGenerator<string, Embedding<float>>>("small");
        Assert.Same(small, provider.GetRequiredKeyedService<SentenceEncoder>("small"));
        Assert.Same(small, provider.GetRequiredKeyedService<IEmbeddingGenerator>("small"));
        Assert.Equal(Pooling.Mean, provider.GetRequiredKeyedService<SentenceEncoder>("mean").Pooling.Pooling);
        Assert.Null(provider.GetService<SentenceEncoder>());
    }

    [Fact]
    public void Without_a_name_the_built_in_model_serves()
    {
        using var provider = new ServiceCollection().AddMiCse().BuildServiceProvider();
        Assert.Equal(ModelSource.BuiltIn, provider.GetRequiredService<SentenceEncoder>().ModelId);
    }
}
