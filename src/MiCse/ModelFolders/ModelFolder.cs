using MiCse.Checkpoints;
using MiCse.Checkpoints.Onnx;
using MiCse.Files;
using MiCse.Models;
using MiCse.Tensors;

namespace MiCse.ModelFolders;

/// <summary>
/// A Hugging Face model folder: which files are used, and why. With a sentence-transformers modules.json the transformer's files may
/// lie in a folder inside it.
/// </summary>
public sealed class ModelFolder
{
    private readonly WeightsFile _weights;
    private readonly EncoderShape? _config;
    private readonly FolderChain _chain;

    private ModelFolder(string path, string transformerPath, EncoderShape config, FolderChain chain, TransformerSettings settings, bool isSentenceTransformers)
        : this(path, transformerPath, chain)
    {
        _config = config;
        MaxTokens = settings.Longest(transformerPath, config);
        Preparation = new TextPreparation(Prompts.Default, isSentenceTransformers, settings.LowerCase);
    }

    private ModelFolder(string path, string transformerPath, StaticEmbedding table, FolderChain chain)
        : this(path, transformerPath, chain)
    {
        Static = table;
        MaxTokens = table.IsModel2Vec ? StaticEmbedding.Model2VecTokens : int.MaxValue;
        Preparation = new TextPreparation(Prompts.Default, Strip: false, LowerCase: false);
    }

    private ModelFolder(string path, string transformerPath, FolderChain chain)
    {
        Path = path;
        TransformerPath = transformerPath;
        Prompts = Prompts.Read(path);
        _weights = WeightsFile.Find(transformerPath);
        _chain = chain;
        Preparation = null!; // set by the two others
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Where config.json, the weights and the tokenizer lie: <see cref="Path"/>, or the folder that modules.json names.</summary>
    public string TransformerPath { get; }

    /// <summary>config.json, read.</summary>
    /// <exception cref="ModelFormatException">The folder holds static embeddings, which have no encoder.</exception>
    public EncoderShape Config => _config ?? throw new ModelFormatException(
        Path, "holds static embeddings, a table of vectors without an encoder: it encodes, and is exported as safetensors, but cannot be trained, explained or run otherwise");

    /// <summary>The table of a folder of static embeddings; null for a folder with an encoder.</summary>
    internal StaticEmbedding? Static { get; }

    /// <summary>The weight file (or index of shards) that is used: safetensors before sharded safetensors before pytorch_model.bin before ONNX.</summary>
    public string WeightsPath => _weights.Path;

    /// <summary>Why that file, for people: "the only weight file", "preferred to pytorch_model.bin".</summary>
    public string WeightsReason => _weights.Reason;

    /// <summary>Size of the weights on disk in bytes, all shards together.</summary>
    public long WeightsByteCount => _weights.ByteCount();

    /// <summary>
    /// What the weights are stored in: <see cref="EncoderPrecision.Int8"/> when the folder is an int8 export without float weights, which can be run but not
    /// opened as a checkpoint.
    /// </summary>
    public EncoderPrecision Precision => _weights.IsQuantized ? EncoderPrecision.Int8 : EncoderPrecision.Float32;

    /// <summary>Whether the weights are in an ONNX graph that another program wrote.</summary>
    internal bool IsForeignGraph => _weights.IsForeignGraph;

    /// <summary>The pooling and where it was found.</summary>
    public PoolingChoice Pooling => _chain.Choice;

    /// <summary>What happens after the encoder: the poolings, and the modules that follow.</summary>
    internal EmbeddingChain Chain => _chain.Chain;

    /// <summary>Length of an embedding.</summary>
    public int Dimensions => Chain.SizeAfter(Static?.Dimensions ?? Chain.PooledSize(Config.HiddenSize));

    /// <summary>The prompts that config_sentence_transformers.json lists.</summary>
    public Prompts Prompts { get; }

    /// <summary>
    /// The longest sequence in tokens, special tokens included: what sentence_bert_config.json says, else what tokenizer_config.json and config.json allow. Of static
    /// embeddings model2vec takes 512 tokens, sentence-transformers any number (<see cref="int.MaxValue"/>).
    /// </summary>
    public int MaxTokens { get; }

    /// <summary>What happens to a text before it is tokenized.</summary>
    internal TextPreparation Preparation { get; }

    /// <summary>The licence that the front matter of README.md names, such as "apache-2.0"; null when it names none.</summary>
    public string? License => ModelCard.License(System.IO.Path.Combine(Path, "README.md"));

    /// <summary>Looks at a folder without loading weights.</summary>
    /// <exception cref="ModelFormatException">Not a model folder, or one that this library cannot run.</exception>
    public static ModelFolder Open(string path)
    {
        if (!Directory.Exists(path))
        {
            throw new ModelFormatException(path, File.Exists(path) ? "is a file; expected is a model folder" : "there is no such folder");
        }

        var modules = SentenceTransformersModules.Read(path);
        var transformer = modules?.Transformer ?? path;
        var isModel2Vec = StaticEmbedding.IsModel2VecFolder(transformer, out var normalize);
        if (modules?.IsStatic ?? isModel2Vec)
        {
            return OpenStatic(path, transformer, modules, isModel2Vec, normalize);
        }

        var configPath = System.IO.Path.Combine(transformer, "config.json");
        if (!File.Exists(configPath))
        {
            throw new ModelFormatException(transformer, "has no config.json, so it is not a Hugging Face model folder");
        }

        var config = EncoderShape.Load(configPath);
        var chain = FolderChain.OfEncoder(configPath, config, modules);
        return new ModelFolder(path, transformer, config, chain, TransformerSettings.Read(transformer), modules is not null);
    }

    private static ModelFolder OpenStatic(string path, string inner, SentenceTransformersModules? modules, bool isModel2Vec, bool normalize)
    {
        using var checkpoint = Checkpoint.Open(WeightsFile.Find(inner).Path);
        var table = StaticEmbedding.Describe(checkpoint, isModel2Vec);
        return new ModelFolder(path, inner, table, FolderChain.OfStatic(modules, normalize, table.Dimensions));
    }

    /// <summary>Opens the weights, checks that they fit config.json, and counts their numbers.</summary>
    /// <exception cref="ModelFormatException">The file is broken, or does not fit.</exception>
    public long CountParameters()
    {
        var modules = ReadModuleWeights().Values.Sum(weight => weight.ElementCount);
        if (Static is { } table)
        {
            return ((long)table.Rows * table.Dimensions) + modules;
        }

        if (IsForeignGraph)
        {
            using var file = MappedFile.Open(WeightsPath);
            using var graph = OnnxGraph.Read(file);
            return (EncoderPattern.TryFind(graph, out var weights, out _) ? weights.Values.Sum(weight => weight.ElementCount) : graph.ParameterCount) + modules;
        }

        using var source = WeightSource.Open(this, precision: null);
        return source.Weights.ParameterCount + modules;
    }

    /// <summary>The weights of the modules of <see cref="Chain"/>, in memory, in float32, by canonical name.</summary>
    /// <exception cref="ModelFormatException">They are missing, broken or of another shape.</exception>
    internal IReadOnlyDictionary<string, Tensor> ReadModuleWeights() => _chain.ReadWeights();

    /// <summary>Opens the weights.</summary>
    /// <exception cref="ModelFormatException">The file is broken, or the folder has int8 weights alone.</exception>
    public Checkpoint OpenCheckpoint() => Checkpoint.Open(WeightsPath);
}
