using MiCse.Initialization;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tokenization;

namespace MiCse.Tests;

/// <summary>A model folder with a vocabulary of letters and a few words and random weights, deleted at the end.</summary>
internal sealed class SmallModel : IDisposable
{
    private static readonly string[] Vocabulary =
    [
        "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat", "dog", "sat", "on", "mat", ",", ".",
        .. Enumerable.Range('a', 26).Select(letter => $"{(char)letter}"), .. Enumerable.Range('a', 26).Select(letter => $"##{(char)letter}"),
    ];

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("micse-tests-");

    public SmallModel()
    {
        var tokenizer = _root.CreateSubdirectory("tokenizer").FullName;
        File.WriteAllLines(System.IO.Path.Combine(tokenizer, "vocab.txt"), Vocabulary);
        Path = System.IO.Path.Combine(_root.FullName, "small-model");
        // Fresh weights are so small that all texts look alike; these are as large as trained ones.
        var config = ModelInitializer.Configure(Tokenizer.Load(tokenizer), new ModelSize(2, 16, 2) { MaxTokens = 32 }) with { InitializerRange = 0.3 };
        ModelFolderWriter.Write(
            Path, new ModelContent { Config = config, Weights = ModelInitializer.Weights(config, seed: 1), TokenizerFolder = tokenizer });
    }

    public string Path { get; }

    public void Dispose() => _root.Delete(recursive: true);
}
