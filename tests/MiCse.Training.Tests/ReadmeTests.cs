#pragma warning disable xUnit1051 // The snippets stand here as people write them.

using System.Text.RegularExpressions;
using MiCse.Explanation;
using MiCse.Inference;
using MiCse.Initialization;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.VectorData;
using MiCse.Tests;
using MiCse.Training.Batches;
using MiCse.Training.Contrastive;
using MiCse.Training.Explanation;
using Microsoft.Extensions.VectorData;

namespace MiCse.Training.Tests;

/// <summary>The C# of README.md, compiled and run; what stands there must stand here, line by line.</summary>
public sealed partial class ReadmeTests : IDisposable
{
    private readonly string _start = Directory.GetCurrentDirectory();
    private readonly string _folder = Directory.CreateTempSubdirectory("micse-readme-").FullName;

    [Fact]
    public void Every_snippet_is_in_this_file()
    {
        var here = Lines(File.ReadAllText(Source("tests", "MiCse.Training.Tests", "ReadmeTests.cs")));
        var snippets = Snippet().Matches(File.ReadAllText(Source("README.md")));
        Assert.NotEmpty(snippets);
        Assert.All(snippets, snippet => Assert.Contains(Lines(snippet.Groups["code"].Value), here, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_snippets_train_and_use_a_model()
    {
        Directory.SetCurrentDirectory(_folder);
        MakeBase();

        var corpus = SentenceCorpus.Load("sentences.txt");
        var trainer = new Trainer(new TrainingOptions { Steps = 20, BatchSize = 8, LearningRate = 3e-4 });
        TrainingResult result = trainer.Train(ModelFolder.Open("base"), corpus, "trained");

        Assert.Equal(20, result.Steps);
        await UseTrained();
    }

    public void Dispose()
    {
        Directory.SetCurrentDirectory(_start);
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task UseTrained()
    {
        using var encoder = SentenceEncoder.Load("trained");
        float[] embedding = encoder.Encode("A man is playing a guitar.");
        EncodedTexts encoded = encoder.Encode(["Someone plays an instrument.", "The stock market fell."]);
        double cosine = encoder.Similarity("A man is playing a guitar.", "Someone plays an instrument.");

        Assert.Equal(encoder.Dimensions, embedding.Length);
        Assert.Equal(2, encoded.Embeddings.Count);
        Assert.InRange(cosine, -1, 1);
        Explain(encoder);
        await Keep(encoder);
    }

    private static void Explain(SentenceEncoder encoder)
    {
        PairExplanation pair = PairExplanation.Of(encoder, "A man is playing a guitar.", "Someone plays an instrument.");
        using var attention = AttentionExplainer.Load(encoder);
        HeatMap heads = attention.BetweenViews("A man is playing a guitar.").Heads;

        Assert.Equal((7, 5), (pair.First.Words.Count, pair.Second.Words.Count));
        Assert.Equal((4, 2), (heads.Rows, heads.Columns));
    }

    private static async Task Keep(SentenceEncoder encoder)
    {
        using var store = new MiCseVectorStore("store", encoder);
        VectorStoreCollection<int, Recipe> recipes = store.GetCollection<int, Recipe>("recipes");
        await recipes.EnsureCollectionExistsAsync();
        await recipes.UpsertAsync(new Recipe { Number = 1, Title = "Pumpkin soup", Minutes = 40, Description = "A warm soup of pumpkin and cream." });
        var quick = new VectorSearchOptions<Recipe> { Filter = recipe => recipe.Minutes <= 45 };
        await foreach (VectorSearchResult<Recipe> hit in recipes.SearchAsync("something warm with vegetables", top: 3, quick))
        {
            Console.WriteLine($"{hit.Score:0.00}  {hit.Record.Title}");
        }

        Assert.Equal("Pumpkin soup", (await recipes.GetAsync(1))!.Title);
    }

    private static void MakeBase()
    {
        string[] words = ["a", "man", "is", "playing", "guitar", "someone", "plays", "an", "instrument", "the", "stock", "market", "fell", "."];
        Directory.CreateDirectory("tokenizer");
        File.WriteAllLines(Path.Combine("tokenizer", "vocab.txt"), ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. words]);
        ModelInitializer.Write(
            "base", "tokenizer", new ModelSize(Layers: 4, HiddenSize: 16, Heads: 2) { MaxTokens = 32 }, seed: 1);
        var sentences = words.Zip(words.Skip(3), (first, second) => $"{first} {second} a man .");
        File.WriteAllLines("sentences.txt", sentences);
    }

    private static string Source(params string[] parts) => Path.Combine([Fixture.Repository, .. parts]);

    /// <summary>The text without indentation.</summary>
    private static string Lines(string text) => string.Join('\n', text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Snippet();

    private sealed class Recipe
    {
        [VectorStoreKey]
        public int Number { get; set; }

        [VectorStoreData]
        public string Title { get; set; } = "";

        [VectorStoreData]
        public int Minutes { get; set; }

        [VectorStoreVector(16)]
        public string? Description { get; set; }
    }
}
