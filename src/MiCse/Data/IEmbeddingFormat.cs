using MiCse.Inference;

namespace MiCse.Data;

/// <summary>How one file format takes embeddings; <see cref="EmbeddingWriter"/> checks what it gets and owns the file.</summary>
internal interface IEmbeddingFormat : IDisposable
{
    /// <summary>Appends one batch.</summary>
    void Write(IReadOnlyList<string> texts, EncodedTexts encoded);

    /// <summary>Writes what can only be written when the number of texts is known.</summary>
    void Finish(long count);
}
