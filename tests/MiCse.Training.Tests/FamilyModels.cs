using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Tests;
using MiCse.Training.Batches;

namespace MiCse.Training.Tests;

/// <summary>The reference's model of each family in a folder of its own, with a vocabulary of words; deletes them all.</summary>
internal sealed class FamilyModels : IDisposable
{
    private static readonly string[] Special = ["[CLS]", "[SEP]", "[UNK]", "[MASK]"];

    private readonly string _root = Directory.CreateTempSubdirectory("micse-families-").FullName;

    /// <summary>The families, by their folder.</summary>
    public static TheoryData<string> Names => ["distilbert", "mpnet", "xlm-roberta", "modernbert", "electra", "albert", "nomic-bert"];

    /// <summary>The folder of a family.</summary>
    public ModelFolder Open(string family)
    {
        var source = Fixture.Shared("fixtures", "families", family);
        var folder = Directory.CreateDirectory(Folder(family)).FullName;
        foreach (var file in new[] { "config.json", "model.safetensors" })
        {
            File.Copy(Path.Combine(source, file), Path.Combine(folder, file), overwrite: true);
        }

        var config = EncoderShape.Load(Path.Combine(folder, "config.json"));
        var words = Special.Concat(Enumerable.Range(5, config.VocabularySize - 5).Select(id => $"w{id}")).ToList();
        words.Insert(config.PadTokenId, "[PAD]");
        File.WriteAllLines(Path.Combine(folder, "vocab.txt"), words);
        return ModelFolder.Open(folder);
    }

    /// <summary>Sentences of 3 to 11 words, of which there are 20.</summary>
    public static SentenceCorpus Corpus { get; } = new("words.txt", [.. Enumerable.Range(0, 24).Select(row => new TrainingExample(Sentence(row), Sentence(row), null))]);

    public static string Sentence(int row) => string.Join(' ', Enumerable.Range(0, 3 + row % 9).Select(word => $"w{5 + (row * 31 + word * (7 + row % 5)) % 20}"));

    public string Folder(string name) => Path.Combine(_root, name);

    public byte[] Weights(string name) => File.ReadAllBytes(Path.Combine(Folder(name), "model.safetensors"));

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
