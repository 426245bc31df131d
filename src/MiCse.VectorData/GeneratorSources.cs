using MiCse.Search;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace MiCse.VectorData;

/// <summary>Where the vectors of embedding generators come from. Thread-safe.</summary>
internal sealed class GeneratorSources
{
    // A model's weights are hashed once for a generator, however many collections use it.
    private readonly ConditionalWeakTable<IEmbeddingGenerator, VectorSource> _known = [];

    /// <summary>The source of vectors that nobody says anything about: they are brought along by the records.</summary>
    public static VectorSource Unknown(int dimensions) => new("unknown", "unknown", dimensions);

    /// <summary>Whether a collection was made without a generator that says where vectors come from.</summary>
    public static bool IsUnknown(VectorSource source) => source.Model == "unknown" && source.Fingerprint is null;

    /// <summary>The source of a generator's vectors; for one that does not say which model it is, unknown.</summary>
    public VectorSource Of(IEmbeddingGenerator? generator, int dimensions)
    {
        if (generator?.GetService(typeof(SentenceEncoder)) is SentenceEncoder encoder)
        {
            return _known.GetValue(generator, _ => VectorSource.Of(encoder));
        }

        return generator?.GetService(typeof(EmbeddingGeneratorMetadata)) is EmbeddingGeneratorMetadata { DefaultModelId: { } model } metadata
            ? new VectorSource(model, metadata.ProviderName ?? "unknown", dimensions)
            : Unknown(dimensions);
    }
}
