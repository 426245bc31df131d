using System.CommandLine;
using MiCse.Cli.Terminal;
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
        "--precision", "Arithmetic of the encoder (default: fp32 where the model has float weights).", "--encoder-precision");

    private readonly Option<int?> _threads = CommonOptions.Threads();

    /// <summary>All of them, in the order of the help page.</summary>
    public IReadOnlyList<Option> All => [_model, _maxTokens, _precision, _threads];

    /// <summary>Processor threads; null for all.</summary>
    public int? Threads(ParseResult arguments) => arguments.GetValue(_threads);

    /// <summary>Loads the model that the vectors of an index come from.</summary>
    /// <param name="source">What the index says about it.</param>
    /// <param name="index">The index's folder, for messages.</param>
    /// <param name="arguments">The command line.</param>
    /// <param name="streams">Where progress is shown.</param>
    /// <param name="cancellationToken">Ctrl-C.</param>
    /// <exception cref="MiCse.Files.DataFormatException">It is another model.</exception>
    public SentenceEncoder Load(VectorSource source, string index, ParseResult arguments, StandardStreams streams, CancellationToken cancellationToken)
    {
        var name = arguments.GetValue(_model) ?? source.Model;
        var encoder = arguments.Take(() => SentenceEncoder.Load(ModelName.Find(name, streams, cancellationToken), new SentenceEncoderOptions
        {
            Pooling = PoolingNames.TryParse(source.Pooling, out var pooling) ? pooling : null,
            MaxTokens = arguments.GetValue(_maxTokens),
            Precision = arguments.GetValue(_precision),
            Threads = arguments.GetValue(_threads),
        }));
        try
        {
            source.Require(VectorSource.Of(encoder, name), index);
            return encoder;
        }
        catch
        {
            encoder.Dispose();
            throw;
        }
    }
}
