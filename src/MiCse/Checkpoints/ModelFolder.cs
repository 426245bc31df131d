using MiCse.Inference;

namespace MiCse.Checkpoints;

/// <summary>A Hugging Face model folder: which files are used, and why.</summary>
public sealed class ModelFolder
{
    private ModelFolder(string path) => Path = path;

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>config.json, read.</summary>
    public BertConfig Config => throw new NotImplementedException();

    /// <summary>The weight file (or index of shards) that is used: safetensors before sharded safetensors before pytorch_model.bin.</summary>
    public string WeightsPath => throw new NotImplementedException();

    /// <summary>The pooling and where it was found.</summary>
    public PoolingChoice Pooling => throw new NotImplementedException();

    /// <summary>The longest sequence that sentence_bert_config.json, tokenizer_config.json and config.json allow, in tokens.</summary>
    public int MaxTokens => throw new NotImplementedException();

    /// <summary>Looks at a folder without loading weights.</summary>
    /// <exception cref="ModelFormatException">Not a model folder, or one that this library cannot run.</exception>
    public static ModelFolder Open(string path) => throw new NotImplementedException();

    /// <summary>Opens the weights.</summary>
    /// <exception cref="ModelFormatException">The file is broken.</exception>
    public Checkpoint OpenCheckpoint() => Checkpoint.Open(WeightsPath);
}
