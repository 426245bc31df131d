using MiCse.Inference;
using MiCse.Initialization;
using MiCse.ModelFolders;
using MiCse.Models;
using MiCse.Training.Batches;

namespace MiCse.GpuSpeed;

/// <summary>What is measured, on what.</summary>
/// <param name="Device">Where.</param>
/// <param name="Size">Of the model whose speed is measured; its weights are random.</param>
/// <param name="Texts">How many texts are encoded.</param>
/// <param name="Steps">Steps of each training, of which the first 20 are not measured.</param>
/// <param name="BatchSize">Sentences of a contrastive batch.</param>
internal sealed record Setting(ComputeDevice Device, ModelSize Size, int Texts, int Steps, int BatchSize) : IDisposable
{
    private static readonly string[] s_words =
        ("the a of to and in is was for on with as by at from that it his her an be are this which had has they were one two time year people city river station "
        + "music team school film king war church house water country season number game part life small large old new first last over under between against "
        + "played made found called became known built moved lost won").Split(' ');

    private readonly string _root = Directory.CreateTempSubdirectory("micse-gpu-").FullName;

    /// <summary>The built-in model: trained weights, for what is compared.</summary>
    public ModelFolder Trained { get; } = ModelFolder.Open(ModelSource.Parse(ModelSource.BuiltIn).Resolve().Folder);

    /// <summary>Sentences of 6 to 30 words: the same on every machine.</summary>
    public static IReadOnlyList<string> Sentences(int count)
    {
        var random = new Numerics.RandomSequence(7);
        return [.. Enumerable.Range(0, count).Select(_ => string.Join(' ', Enumerable.Range(0, 6 + random.Next(25)).Select(_ => s_words[random.Next(s_words.Length)])) + ".")];
    }

    /// <summary>The same as training data.</summary>
    public static SentenceCorpus Corpus(int count) => new("random words", [.. Sentences(count).Select(text => new TrainingExample(text, text))]);

    /// <summary>A folder with fresh weights of <see cref="Size"/>.</summary>
    public ModelFolder Fresh()
    {
        var path = Path.Combine(_root, "fresh");
        if (!Directory.Exists(path))
        {
            ModelInitializer.Write(path, Trained.TransformerPath, Size, seed: 1);
        }

        return ModelFolder.Open(path);
    }

    /// <summary>A new folder for a training's output.</summary>
    public string NewFolder() => Path.Combine(_root, Path.GetRandomFileName());

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
