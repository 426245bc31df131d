using MiCse.Checkpoints;
using MiCse.Inference;
using MiCse.Tokenization;

namespace MiCse;

/// <summary>Text → embedding. Immutable and thread-safe; expensive to create, so create one and keep it; dispose it at the end.</summary>
public sealed partial class SentenceEncoder : IDisposable
{
    /// <summary>The folder the model came from.</summary>
    public ModelFolder Folder => throw new NotImplementedException();

    /// <summary>Length of an embedding.</summary>
    public int Dimensions => throw new NotImplementedException();

    /// <summary>The pooling in use and where it was found.</summary>
    public PoolingChoice Pooling => throw new NotImplementedException();

    /// <summary>Longest sequence in tokens, special tokens included; longer texts are cut and flagged.</summary>
    public int MaxTokens => throw new NotImplementedException();

    /// <summary>The tokenizer in use.</summary>
    public Tokenizer Tokenizer => throw new NotImplementedException();

    /// <summary>Loads a Hugging Face model folder.</summary>
    /// <exception cref="ModelFormatException">The folder cannot be used; the message says why.</exception>
    public static SentenceEncoder Load(string folder, SentenceEncoderOptions? options = null) => throw new NotImplementedException();

    /// <summary>The embedding of one text.</summary>
    public float[] Encode(string text) => throw new NotImplementedException();

    /// <summary>The embeddings of many texts, in their order; a text's vector does not depend on the others.</summary>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is returned.</exception>
    public EncodedTexts Encode(IReadOnlyList<string> texts, IProgress<EncodeProgress>? progress = null, CancellationToken cancellationToken = default) =>
        throw new NotImplementedException();

    /// <summary>Cosine of the two texts' embeddings, -1..1.</summary>
    public double Similarity(string first, string second) => throw new NotImplementedException();

    /// <summary>Releases the session.</summary>
    public void Dispose()
    {
    }
}
