using MiCse.Files;
using MiCse.ModelFolders;
using MiCse.Models;

namespace MiCse;

/// <summary>What a model folder and the caller's options say together.</summary>
internal sealed record EncoderSettings
{
    private EncoderSettings(string modelId, ModelFolder folder, SentenceEncoderOptions options)
    {
        (ModelId, Folder, Options) = (modelId, folder, options);
        Chain = ChainOf(folder, options);
        Pooling = (options.Pooling is { } pooling ? folder.Pooling with { Pooling = pooling, Beside = [], Source = "given by the caller" } : folder.Pooling) with
        {
            Normalize = Chain.IsNormalized,
        };
        var given = GivenPrompt(folder, options);
        (Prompt, QueryPrompt, DocumentPrompt) = (given ?? folder.Prompts.Default, given ?? folder.Prompts.Query, given ?? folder.Prompts.Document);
        Threads = options.Threads switch
        {
            null => Environment.ProcessorCount,
            < 1 => throw new ArgumentException($"Threads is {options.Threads}; at least 1 is needed."),
            { } threads => threads,
        };
        MaxTokens = options.MaxTokens switch
        {
            null => folder.MaxTokens,
            < 2 => throw new ArgumentException($"MaxTokens is {options.MaxTokens}; the start and the end token alone need 2."),
            { } tokens when folder.Static is null && tokens > folder.Config.MaxTokens =>
                throw new ArgumentException($"MaxTokens is {tokens}, but {folder.Path} takes at most {folder.Config.MaxTokens} tokens."),
            { } tokens => tokens,
        };
        if (options is { Backend: null, Precision: { } half } && half.IsHalf())
        {
            throw new ArgumentException($"Precision is {half.Name()}, which is computed on a GPU alone: choose that device, or {EncoderPrecision.Float32.Name()} or {EncoderPrecision.Int8.Name()}.");
        }

        if (folder.Static is not null && options.Precision == EncoderPrecision.Int8)
        {
            throw new ArgumentException($"Precision is {EncoderPrecision.Int8.Name()}, but {folder.Path} holds static embeddings, in which nothing is multiplied.");
        }
    }

    public string ModelId { get; }

    public ModelFolder Folder { get; }

    public SentenceEncoderOptions Options { get; }

    public PoolingChoice Pooling { get; }

    /// <summary>The folder's chain with the caller's pooling, cut to the caller's dimensions and scaled, as the options say.</summary>
    public EmbeddingChain Chain { get; }

    /// <summary>What is put before a text.</summary>
    public string Prompt { get; }

    /// <summary>What is put before a query.</summary>
    public string QueryPrompt { get; }

    /// <summary>What is put before a document.</summary>
    public string DocumentPrompt { get; }

    public int Threads { get; }

    public int MaxTokens { get; }

    /// <summary>Looks at a folder and checks the options.</summary>
    /// <exception cref="ModelFormatException">The folder cannot be used.</exception>
    /// <exception cref="ArgumentException">An option is out of range for this model.</exception>
    public static EncoderSettings Of(ResolvedModel model, SentenceEncoderOptions? options) =>
        new(model.Id, ModelFolder.Open(model.Folder), options ?? new SentenceEncoderOptions());

    private static EmbeddingChain ChainOf(ModelFolder folder, SentenceEncoderOptions options)
    {
        var chain = folder.Chain;
        if (options.Pooling is { } pooling)
        {
            chain = folder.Static is null
                ? chain.With(pooling)
                : throw new ArgumentException($"Pooling is {pooling.Name()}, but {folder.Path} holds static embeddings, whose mean is taken.");
        }

        int size;
        try
        {
            size = folder.Static is null ? chain.SizeAfter(chain.PooledSize(folder.Config.HiddenSize)) : folder.Dimensions;
        }
        catch (ArgumentException unfit)
        {
            throw new ArgumentException($"Pooling is {options.Pooling!.Value.Name()}, but {unfit.Message} in {folder.Path}.", unfit);
        }

        chain = options.Dimensions switch
        {
            null => chain,
            { } wanted when wanted < 1 || wanted > size => throw new ArgumentException($"Dimensions is {wanted}, but the embeddings of {folder.Path} have {size}."),
            { } wanted when wanted < size => chain.Then(new TruncationModule(wanted)),
            _ => chain,
        };
        return options.Normalize && !chain.IsNormalized ? chain.Then(new NormalizeModule()) : chain;
    }

    private static string? GivenPrompt(ModelFolder folder, SentenceEncoderOptions options)
    {
        if (options.PromptName is not { } name)
        {
            return options.Prompt;
        }

        var prompts = folder.Prompts.ByName;
        return options.Prompt is not null ? throw new ArgumentException($"PromptName is {name}, but a prompt is given as well: give one of them.")
            : prompts.TryGetValue(name, out var prompt) ? prompt
            : prompts.Count == 0 ? throw new ArgumentException($"PromptName is {name}, but {folder.Path} has no prompts.")
            : throw new ArgumentException($"PromptName is {name}, but the prompts of {folder.Path} are {string.Join(", ", prompts.Keys)}.");
    }
}
