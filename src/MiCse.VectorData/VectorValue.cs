using Microsoft.Extensions.AI;

namespace MiCse.VectorData;

/// <summary>Vectors in the types that records and searches have them in.</summary>
internal static class VectorValue
{
    public const string SupportedTypes = "ReadOnlyMemory<float>, Embedding<float>, float[]";

    public static bool IsSupported(Type type) =>
        type == typeof(ReadOnlyMemory<float>) || type == typeof(ReadOnlyMemory<float>?) || type == typeof(Embedding<float>) || type == typeof(float[]);

    /// <summary>The numbers; null when it is none of these types.</summary>
    public static ReadOnlyMemory<float>? From(object? value) => value switch
    {
        ReadOnlyMemory<float> memory => memory,
        float[] array => array,
        Embedding<float> embedding => embedding.Vector,
        // Spelled out, because a plain null would become an empty array and that an empty vector.
        _ => (ReadOnlyMemory<float>?)null,
    };

    /// <summary>The vector as a property has it.</summary>
    public static object To(Type type, float[] vector) =>
        type == typeof(float[]) ? vector : type == typeof(Embedding<float>) ? new Embedding<float>(vector) : new ReadOnlyMemory<float>(vector);
}
