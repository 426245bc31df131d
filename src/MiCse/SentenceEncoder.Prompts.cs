using MiCse.Inference;
using MiCse.Vectors;

namespace MiCse;

public sealed partial class SentenceEncoder
{
    private readonly Func<string, Tokenization.TokenizedText> _tokenizeQuery;
    private readonly Func<string, Tokenization.TokenizedText> _tokenizeDocument;

    /// <summary>What is put before every text; "" for nothing.</summary>
    public string Prompt { get; }

    /// <summary>What is put before a query by <see cref="EncodeQuery(string, CancellationToken)"/>: the model's prompt "query", else <see cref="Prompt"/>.</summary>
    public string QueryPrompt { get; }

    /// <summary>
    /// What is put before a document by <see cref="EncodeDocument(string, CancellationToken)"/>: the first of the model's prompts "document", "passage" and "corpus" that there
    /// is, else <see cref="Prompt"/>.
    /// </summary>
    public string DocumentPrompt { get; }

    /// <summary>What the model's embeddings are to be compared with.</summary>
    public SimilarityMeasure Measure => Folder.Prompts.Measure;

    /// <summary>The embedding of a text that looks for others, with the prompt that the model has for queries.</summary>
    /// <inheritdoc cref="Encode(string, CancellationToken)"/>
    public float[] EncodeQuery(string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Run(Call([text], null, cancellationToken, _tokenizeQuery)).Texts.Embeddings[0].ToArray();
    }

    /// <summary>The embeddings of texts that look for others, with the prompt that the model has for queries.</summary>
    /// <inheritdoc cref="Encode(IReadOnlyList{string}, IProgress{EncodeProgress}?, CancellationToken)"/>
    public EncodedTexts EncodeQuery(
        IReadOnlyList<string> texts, IProgress<EncodeProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Run(Call(texts, progress, cancellationToken, _tokenizeQuery)).Texts;

    /// <summary>The embedding of a text that looks for others, with the prompt that the model has for queries; no thread waits for it.</summary>
    /// <inheritdoc cref="Encode(string, CancellationToken)"/>
    public async Task<float[]> EncodeQueryAsync(string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return (await RunAsync(Call([text], null, cancellationToken, _tokenizeQuery)).ConfigureAwait(false)).Texts.Embeddings[0].ToArray();
    }

    /// <summary>The embeddings of texts that look for others, with the prompt that the model has for queries; no thread waits for them.</summary>
    /// <inheritdoc cref="EncodeAsync(IReadOnlyList{string}, IProgress{EncodeProgress}?, CancellationToken)"/>
    public async Task<EncodedTexts> EncodeQueryAsync(
        IReadOnlyList<string> texts, IProgress<EncodeProgress>? progress = null, CancellationToken cancellationToken = default) =>
        (await RunAsync(Call(texts, progress, cancellationToken, _tokenizeQuery)).ConfigureAwait(false)).Texts;

    /// <summary>The embedding of a text to be found, with the prompt that the model has for documents.</summary>
    /// <inheritdoc cref="Encode(string, CancellationToken)"/>
    public float[] EncodeDocument(string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Run(Call([text], null, cancellationToken, _tokenizeDocument)).Texts.Embeddings[0].ToArray();
    }

    /// <summary>The embeddings of texts to be found, with the prompt that the model has for documents.</summary>
    /// <inheritdoc cref="Encode(IReadOnlyList{string}, IProgress{EncodeProgress}?, CancellationToken)"/>
    public EncodedTexts EncodeDocument(
        IReadOnlyList<string> texts, IProgress<EncodeProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Run(Call(texts, progress, cancellationToken, _tokenizeDocument)).Texts;

    /// <summary>The embedding of a text to be found, with the prompt that the model has for documents; no thread waits for it.</summary>
    /// <inheritdoc cref="Encode(string, CancellationToken)"/>
    public async Task<float[]> EncodeDocumentAsync(string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return (await RunAsync(Call([text], null, cancellationToken, _tokenizeDocument)).ConfigureAwait(false)).Texts.Embeddings[0].ToArray();
    }

    /// <summary>The embeddings of texts to be found, with the prompt that the model has for documents; no thread waits for them.</summary>
    /// <inheritdoc cref="EncodeAsync(IReadOnlyList{string}, IProgress{EncodeProgress}?, CancellationToken)"/>
    public async Task<EncodedTexts> EncodeDocumentAsync(
        IReadOnlyList<string> texts, IProgress<EncodeProgress>? progress = null, CancellationToken cancellationToken = default) =>
        (await RunAsync(Call(texts, progress, cancellationToken, _tokenizeDocument)).ConfigureAwait(false)).Texts;
}
