using MiCse.Models;
using MiCse.Tensors;
using MiCse.Tokenization;

namespace MiCse.ModelFolders;

/// <summary>What goes into a model folder.</summary>
internal sealed record ModelContent
{
    /// <summary>The shape of the encoder.</summary>
    public required EncoderShape Config { get; init; }

    /// <summary>The weights, under the names of <see cref="WeightNames"/>, complete and of the shapes of <see cref="Config"/>.</summary>
    public required IEnumerable<Tensor> Weights { get; init; }

    /// <summary>
    /// A masked-language-model head whose decoder is the word embeddings, under the names of <see cref="WeightNames"/>; transformers then opens
    /// the folder as <c>AutoModelForMaskedLM</c>. Null writes the encoder alone.
    /// </summary>
    public IEnumerable<Tensor>? MaskedLanguageModelHead { get; init; }

    /// <summary>The folder whose tokenizer files are copied.</summary>
    public required string TokenizerFolder { get; init; }

    /// <summary>A tokenizer whose files are written instead; null (the default) copies those of <see cref="TokenizerFolder"/>.</summary>
    public Tokenizer? Tokenizer { get; init; }

    /// <summary>How hidden states become an embedding; modules only after poolings that sentence-transformers knows too.</summary>
    public EmbeddingChain Chain { get; init; } = EmbeddingChain.Of(Pooling.ClsBeforePooler);

    /// <summary>The weights of the chain's modules, by canonical name.</summary>
    public IReadOnlyDictionary<string, Tensor> ModuleWeights { get; init; } = new Dictionary<string, Tensor>();

    /// <summary>The prompts to keep; none by default.</summary>
    public Prompts Prompts { get; init; } = Prompts.None;

    /// <summary>Whether texts are to be lower-cased before the tokenizer (<c>do_lower_case</c>); false by default.</summary>
    public bool LowerCase { get; init; }

    /// <summary>The longest sequence in tokens to recommend; null is what <see cref="Config"/> allows.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>The text of README.md; null writes none.</summary>
    public string? ModelCard { get; init; }

    /// <summary>A model made from another: shape, tokenizer, pooling, prompts and limits are the other's.</summary>
    /// <param name="model">The other model.</param>
    /// <param name="weights">The weights.</param>
    internal static ModelContent From(ModelFolder model, IEnumerable<Tensor> weights) => new()
    {
        Config = model.Config,
        Weights = weights,
        TokenizerFolder = model.TransformerPath,
        Chain = model.Chain,
        ModuleWeights = model.ReadModuleWeights(),
        Prompts = model.Prompts,
        LowerCase = model.Preparation.LowerCase,
        MaxTokens = model.MaxTokens,
    };
}
