using MiCse.Vectors;

namespace MiCse;

public sealed partial class SentenceEncoder : ITextEncoder
{
    EmbeddingMatrix ITextEncoder.Encode(IReadOnlyList<string> texts, CancellationToken cancellationToken) =>
        Encode(texts, null, cancellationToken).Embeddings;
}
