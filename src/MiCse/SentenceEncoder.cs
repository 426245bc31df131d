using MiCse.Files;
using MiCse.Inference;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tokenization;

namespace MiCse;

/// <summary>Text → embedding. Immutable and thread-safe; expensive to create, so create one and keep it; dispose it at the end.</summary>
/// <remarks>
/// A text's embedding depends on the text alone, to the last bit: not on the other texts, their order or the number of threads. An empty
/// text has the embedding of start and end token.
/// </remarks>
public sealed partial class SentenceEncoder : IDisposable
{
    private readonly TransformerEncoder _encoder;
    private readonly TextScheduler _scheduler;

    private SentenceEncoder(
        ModelFolder folder, Tokenizer tokenizer, PoolingChoice pooling, EncoderPrecision precision, int maxTokens, TransformerEncoder encoder)
    {
        Folder = folder;
        Tokenizer = tokenizer;
        Pooling = pooling;
        Precision = precision;
        MaxTokens = maxTokens;
        _encoder = encoder;
        _scheduler = new TextScheduler(tokenizer, encoder, maxTokens);
    }

    /// <summary>The folder the model came from.</summary>
    public ModelFolder Folder { get; }

    /// <summary>Length of an embedding.</summary>
    public int Dimensions => _encoder.Dimensions;

    /// <summary>The pooling in use and where it was found.</summary>
    public PoolingChoice Pooling { get; }

    /// <summary>What is multiplied.</summary>
    public EncoderPrecision Precision { get; }

    /// <summary>Longest sequence in tokens, special tokens included; longer texts are cut and flagged.</summary>
    public int MaxTokens { get; }

    /// <summary>The tokenizer in use.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>Loads a Hugging Face model folder.</summary>
    /// <exception cref="ModelFormatException">The folder cannot be used; the message says why.</exception>
    /// <exception cref="ArgumentException">An option is out of range for this model; the message says which and why.</exception>
    public static SentenceEncoder Load(string folder, SentenceEncoderOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options ??= new SentenceEncoderOptions();
        var model = ModelFolder.Open(folder);
        var threads = options.Threads ?? Environment.ProcessorCount;
        if (threads < 1)
        {
            throw new ArgumentException($"Threads is {threads}; at least 1 is needed.");
        }

        var maxTokens = MaxTokensOf(model, options);
        var pooling = options.Pooling is { } given ? model.Pooling with { Pooling = given, Source = "given by the caller" } : model.Pooling;

        // The tokenizer takes about as long as the weights, and whoever starts a command waits for both.
        var tokenizer = Task.Run(() => LoadTokenizer(model));
        using var source = WeightSource.Open(model, options.Precision);
        var encoder = new TransformerEncoder(source.Weights, pooling.Pooling, pooling.Normalize, threads, source.Precision);
        try
        {
            return new SentenceEncoder(model, tokenizer.GetAwaiter().GetResult(), pooling, source.Precision, maxTokens, encoder);
        }
        catch
        {
            encoder.Dispose();
            throw;
        }
    }

    /// <summary>The embedding of one text, computed on all cores that the encoder may use when no other call computes.</summary>
    public float[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return _scheduler.Encode(text);
    }

    /// <summary>The embeddings of many texts, in their order; identical ones are encoded once.</summary>
    /// <param name="texts">Any strings, none null.</param>
    /// <param name="progress">Told after every batch, one call at a time, from any thread.</param>
    /// <param name="cancellationToken">Stops within a batch.</param>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is returned.</exception>
    public EncodedTexts Encode(
        IReadOnlyList<string> texts, IProgress<EncodeProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        CheckNoneIsNull(texts);
        return _scheduler.Encode(texts, new EncodeTally(progress, texts.Count), cancellationToken);
    }

    /// <summary>Cosine of the two texts' embeddings, -1..1.</summary>
    public double Similarity(string first, string second) => Vectors.Similarity.Cosine(Encode(first), Encode(second));

    /// <summary>Releases the weights. No call may be running.</summary>
    public void Dispose() => _encoder.Dispose();

    private static void CheckNoneIsNull(IReadOnlyList<string> texts)
    {
        for (var index = 0; index < texts.Count; index++)
        {
            if (texts[index] is null)
            {
                throw new ArgumentException($"Text {index} (counted from 0) is null; an empty string has an embedding, null has none.", nameof(texts));
            }
        }
    }

    private static int MaxTokensOf(ModelFolder model, SentenceEncoderOptions options)
    {
        var most = model.Config.MaxTokens;
        return options.MaxTokens switch
        {
            null => model.MaxTokens,
            < 2 => throw new ArgumentException($"MaxTokens is {options.MaxTokens}; the start and the end token alone need 2."),
            var given when given > most => throw new ArgumentException($"MaxTokens is {given}, but {model.Path} takes at most {most} tokens."),
            var given => given.Value,
        };
    }

    private static Tokenizer LoadTokenizer(ModelFolder model)
    {
        var tokenizer = Tokenizer.Load(model.TransformerPath);
        if (tokenizer.VocabularySize > model.Config.VocabularySize)
        {
            throw new ModelFormatException(
                model.Path,
                $"the tokenizer has {tokenizer.VocabularySize} ids, but the model has only {model.Config.VocabularySize} rows of word embeddings "
                + "(vocab_size in config.json); put the tokenizer files of this model into its folder");
        }

        // The first word reads the tables of code points; better here, beside the weights.
        tokenizer.Tokenize("word");
        return tokenizer;
    }
}
