namespace MiCse.Vectors;

/// <summary>Anything that turns texts into embeddings, such as <see cref="SentenceEncoder"/>. Implementations are thread-safe unless they say otherwise.</summary>
public interface ITextEncoder
{
    /// <summary>Length of an embedding.</summary>
    int Dimensions { get; }

    /// <summary>Encodes texts.</summary>
    /// <param name="texts">Any strings.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>Shape [texts, <see cref="Dimensions"/>], in the order of the texts.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    EmbeddingMatrix Encode(IReadOnlyList<string> texts, CancellationToken cancellationToken = default);
}
