using System.CommandLine;
using MiCse.Cli.Terminal;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Search;

namespace MiCse.Cli.Options;

/// <summary>The options of commands that encode texts for an index that is there: model and pooling are the index's.</summary>
internal sealed class IndexModelOptions
{
    private readonly Option<string?> _model = new("--model", "-m")
    {
        Description = "Where the index's model is now (default: where it was when the index was made); another model is refused.",
        HelpName = "MODEL",
    };

    private readonly Option<int?> _maxTokens = new ModelOptions().MaxTokens;
    private readonly Option<EncoderPrecision?> _precision = ModelOptions.CreatePrecision(
        "--precision", "Arithmetic of the encoder (default: fp32 where the model has float weights, on a GPU fp16).", "--encoder-precision");

    private readonly Option<string?> _prompt = ModelOptions.CreatePrompt();
    private readonly Option<string?> _promptName = ModelOptions.CreatePromptName();
    private readonly Option<int?> _threads = CommonOptions.Threads();
    private readonly DeviceOptions _device = new();

    /// <summary>All of them, in the order of the help page.</summary>
    public IReadOnlyList<Option> All => [_model, _prompt, _promptName, _maxTokens, _precision, _threads, .. _device.All];

    /// <summary>Processor threads; null for all.</summary>
    public int? Threads(ParseResult arguments) => arguments.GetValue(_threads);

    /// <summary>Loads the model that the vectors of an index come from, to encode queries; a remark says so when the documents' prompt is not the model's.</summary>
    /// <param name="source">What the index says about it.</param>
    /// <param name="index">The index's folder, for messages.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="streams">Where progress and remarks are shown.</param>
    /// <param name="cancellationToken">Ctrl-C.</param>
    /// <exception cref="MiCse.Files.DataFormatException">It is another model.</exception>
    public SentenceEncoder LoadForQueries(VectorSource source, string index, ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var encoder = Load(source, index, prompt: null, arguments, streams, cancellationToken);
        var usual = encoder.Folder.Prompts.Document;
        if (source.Prompt is { } prompt ? prompt != usual : usual != encoder.Folder.Prompts.Default)
        {
            streams.Error.WriteLine(
                $"micse: note: {index} holds texts encoded with {(source.Prompt is { } recorded ? $"the prompt \"{recorded}\"" : "the model's default prompt")}, where the model has \"{usual}\" for documents; "
                + $"queries get \"{encoder.QueryPrompt}\" (--prompt gives them another).");
        }

        return encoder;
    }

    /// <summary>The same to encode documents, with the prompt of those that are in the index unless another is given, which is refused.</summary>
    /// <inheritdoc cref="LoadForQueries"/>
    public SentenceEncoder LoadForDocuments(VectorSource source, string index, ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken) =>
        Load(source, index, arguments.GetValue(_promptName) is null ? source.Prompt : null, arguments, streams, cancellationToken, checkPrompt: true);

    private SentenceEncoder Load(
        VectorSource source, string index, string? prompt, ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken, bool checkPrompt = false)
    {
        var name = arguments.GetValue(_model) ?? source.Model;
        var resolved = ModelName.Find(name, streams, cancellationToken);
        var whole = ModelFolder.Open(resolved.Folder);
        var encoder = arguments.Take(() => SentenceEncoder.Load(resolved, new SentenceEncoderOptions
        {
            Pooling = source.Pooling != whole.Pooling.Name && PoolingNames.TryParse(source.Pooling, out var pooling) ? pooling : null,
            Prompt = arguments.GetValue(_prompt) ?? prompt,
            PromptName = arguments.GetValue(_promptName),
            MaxTokens = arguments.GetValue(_maxTokens),
            Dimensions = source.Dimensions < whole.Dimensions ? source.Dimensions : null,
            Precision = arguments.GetValue(_precision),
            Threads = arguments.GetValue(_threads),
            Backend = _device.Backend(arguments),
        }));
        try
        {
            source.Require(VectorSource.Of(encoder, name) with { Prompt = checkPrompt ? encoder.DocumentPrompt : null }, index);
            return encoder;
        }
        catch
        {
            encoder.Dispose();
            throw;
        }
    }
}
