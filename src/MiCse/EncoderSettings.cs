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
        Pooling = options.Pooling is { } pooling ? folder.Pooling with { Pooling = pooling, Source = "given by the caller" } : folder.Pooling;
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
            { } tokens when tokens > folder.Config.MaxTokens =>
                throw new ArgumentException($"MaxTokens is {tokens}, but {folder.Path} takes at most {folder.Config.MaxTokens} tokens."),
            { } tokens => tokens,
        };
    }

    public string ModelId { get; }

    public ModelFolder Folder { get; }

    public SentenceEncoderOptions Options { get; }

    public PoolingChoice Pooling { get; }

    public int Threads { get; }

    public int MaxTokens { get; }

    /// <summary>Looks at a folder and checks the options.</summary>
    /// <exception cref="ModelFormatException">The folder cannot be used.</exception>
    /// <exception cref="ArgumentException">An option is out of range for this model.</exception>
    public static EncoderSettings Of(ResolvedModel model, SentenceEncoderOptions? options) =>
        new(model.Id, ModelFolder.Open(model.Folder), options ?? new SentenceEncoderOptions());
}
