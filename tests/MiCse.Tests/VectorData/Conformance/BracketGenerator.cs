using System.Globalization;
using Microsoft.Extensions.AI;

namespace MiCse.Tests.VectorData.Conformance;

/// <summary>Reads a vector that a text spells, "[1, 2, 3]", and may put another number in the last place, by which one tells which generator was asked.</summary>
internal sealed class BracketGenerator(float? last = null) : IEmbeddingGenerator<string, Embedding<float>>
{
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
        Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(values.Select(value =>
        {
            float[] numbers = [.. value.Trim('[', ']').Split(',').Select(number => float.Parse(number, CultureInfo.InvariantCulture))];
            numbers[^1] = last ?? numbers[^1];
            return new Embedding<float>(numbers);
        })));

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}

/// <summary>What a generator of other inputs than text takes.</summary>
internal sealed record Customer(string Vector);

/// <summary>The same for customers.</summary>
internal sealed class CustomerGenerator : IEmbeddingGenerator<Customer, Embedding<float>>
{
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<Customer> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default) =>
        new BracketGenerator().GenerateAsync(values.Select(value => value.Vector), options, cancellationToken);

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
