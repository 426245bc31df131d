using MiCse.Inference;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tokenization;

namespace MiCse;

/// <summary>Text → embedding. Immutable and thread-safe; expensive to create, so create one and keep it; dispose it at the end.</summary>
/// <remarks>
/// <para>
/// A text's embedding depends on the text alone, to the last bit: not on the other texts, their order, other calls or the number of threads (on a GPU,
/// <see cref="SentenceEncoderOptions.Backend"/>, within rounding). An empty text has the embedding of start and end token.
/// </para>
/// <para>
/// All calls share the threads of <see cref="SentenceEncoderOptions.Threads"/>. A call of one text goes before calls of many, which still get their share.
/// An asynchronous call holds no thread while it waits; a synchronous one computes on its caller's. Cancelling takes a call out before its turn, or
/// stops it within a batch; a batch that other calls share is finished first.
/// </para>
/// </remarks>
public sealed partial class SentenceEncoder : IDisposable, IAsyncDisposable
{
    private readonly EncoderQueue _queue;
    private readonly LoadedWeights _weights;
    private readonly TextTokenizing _tokenizing;
    private readonly TimeProvider? _time;

    /// <param name="settings">The model and how it runs.</param>
    /// <param name="precision">What the engine multiplies.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="engine">Computes; disposed with the encoder.</param>
    internal SentenceEncoder(EncoderSettings settings, EncoderPrecision precision, Tokenizer tokenizer, IEncoderEngine engine)
    {
        ModelId = settings.ModelId;
        Folder = settings.Folder;
        Tokenizer = tokenizer;
        Pooling = settings.Pooling;
        Precision = precision;
        MaxTokens = settings.MaxTokens;
        _time = settings.Options.Time;
        Chain = settings.Chain;
        (Prompt, QueryPrompt, DocumentPrompt) = (settings.Prompt, settings.QueryPrompt, settings.DocumentPrompt);
        _tokenizing = new TextTokenizing(tokenizer, Folder, Chain, MaxTokens);
        (_tokenizeQuery, _tokenizeDocument) = (_tokenizing.With(QueryPrompt), _tokenizing.With(DocumentPrompt));
        Tokenize = _tokenizing.With(Prompt);
        _queue = new EncoderQueue(engine, Tokenize) { Model = Folder.WeightsPath };
        _weights = new LoadedWeights(Folder);
    }

    /// <summary>The model's name wherever it lies: "organisation/name@commit", the name of the built-in model, or the folder's name.</summary>
    public string ModelId { get; }

    /// <summary>The folder the model came from.</summary>
    public ModelFolder Folder { get; }

    /// <summary>Length of an embedding.</summary>
    public int Dimensions => _queue.Engine.Dimensions;

    /// <summary>The pooling in use and where it was found.</summary>
    public PoolingChoice Pooling { get; }

    /// <summary>How hidden states become an embedding here: as the folder says, with the options.</summary>
    internal EmbeddingChain Chain { get; }

    /// <summary>What is multiplied.</summary>
    public EncoderPrecision Precision { get; }

    /// <summary>Longest sequence in tokens, special tokens included; longer texts are cut and flagged.</summary>
    public int MaxTokens { get; }

    /// <summary>The tokenizer in use.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>Text → tokens, with the prompt that is put before every text.</summary>
    internal Func<string, TokenizedText> Tokenize { get; }

    /// <summary>The embedding of one text, computed on all cores that the encoder may use when no other call computes.</summary>
    /// <param name="text">Any string.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The encoder is disposed, perhaps while this call was running.</exception>
    public float[] Encode(string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Run(Call([text], null, cancellationToken)).Texts.Embeddings[0].ToArray();
    }

    /// <summary>The embeddings of many texts, in their order; identical ones are encoded once.</summary>
    /// <param name="texts">Any strings, none null.</param>
    /// <param name="progress">Receives the progress after every batch, one call at a time, from any thread.</param>
    /// <param name="cancellationToken">Stops within a batch.</param>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is returned.</exception>
    /// <exception cref="ObjectDisposedException">The encoder is disposed, perhaps while this call was running.</exception>
    public EncodedTexts Encode(
        IReadOnlyList<string> texts, IProgress<EncodeProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Run(Call(texts, progress, cancellationToken)).Texts;

    /// <summary>The embedding of one text; no thread waits for it.</summary>
    /// <inheritdoc cref="Encode(string, CancellationToken)"/>
    public async Task<float[]> EncodeAsync(string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return (await RunAsync(Call([text], null, cancellationToken)).ConfigureAwait(false)).Texts.Embeddings[0].ToArray();
    }

    /// <summary>The embeddings of many texts, in their order; identical ones are encoded once. No thread waits for them.</summary>
    /// <param name="texts">Any strings, none null; not to be changed before the end.</param>
    /// <param name="progress">Receives the progress after every batch, one call at a time, from any thread.</param>
    /// <param name="cancellationToken">Stops within a batch.</param>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is returned.</exception>
    /// <exception cref="ObjectDisposedException">The encoder is disposed, perhaps while this call was running.</exception>
    public async Task<EncodedTexts> EncodeAsync(
        IReadOnlyList<string> texts, IProgress<EncodeProgress>? progress = null, CancellationToken cancellationToken = default) =>
        (await RunAsync(Call(texts, progress, cancellationToken)).ConfigureAwait(false)).Texts;

    /// <summary>The similarity of the two texts' embeddings by <see cref="Measure"/>: for nearly all models their cosine, -1..1.</summary>
    public double Similarity(string first, string second) => Vectors.Similarity.Of(Measure, Encode(first), Encode(second));

    /// <summary>
    /// Ends the calls that are running with <see cref="ObjectDisposedException"/>, after their running batch, and returns at once; the memory of the weights
    /// is released with the last batch.
    /// </summary>
    public void Dispose() => _queue.Dispose();

    /// <summary>The same, and waits until the memory is released.</summary>
    public ValueTask DisposeAsync() => _queue.DisposeAsync();

    private EncodingCall Call(
        IReadOnlyList<string> texts, IProgress<EncodeProgress>? progress, CancellationToken cancellationToken, Func<string, TokenizedText>? tokenize = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        for (var index = 0; index < texts.Count; index++)
        {
            if (texts[index] is null)
            {
                throw new ArgumentException($"Text {index} (counted from 0) is null; an empty string has an embedding, null has none.", nameof(texts));
            }
        }

        return new EncodingCall(texts, Dimensions, progress is null ? null : new EncodeTally(progress, texts.Count), cancellationToken)
        {
            Model = _queue.Model,
            Tokenize = tokenize,
        };
    }

    private EncodingCall Run(EncodingCall call)
    {
        _queue.Run(call);
        return call;
    }

    /// <summary>Computes a call that its caller has put together; no thread waits for it.</summary>
    internal async Task<EncodingCall> RunAsync(EncodingCall call)
    {
        await _queue.RunAsync(call).ConfigureAwait(false);
        return call;
    }
}
