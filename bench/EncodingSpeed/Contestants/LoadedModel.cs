using MiCse.Checkpoints;
using MiCse.ModelFolders;
using MiCse.Tokenization;
using MiCse.Weights;

namespace MiCse.EncodingSpeed.Contestants;

/// <summary>The parts of a model folder that contestants put together in their own way.</summary>
internal sealed class LoadedModel : IDisposable
{
    private readonly Checkpoint _checkpoint;
    private readonly Tokenizer _tokenizer;

    public LoadedModel(string path)
    {
        Folder = ModelFolder.Open(path);
        _tokenizer = Tokenizer.Load(Folder.TransformerPath);
        _checkpoint = Folder.OpenCheckpoint();
        Weights = EncoderWeights.From(_checkpoint, Folder.Config);
    }

    public ModelFolder Folder { get; }

    public EncoderWeights Weights { get; }

    public int[] Tokenize(string text) => _tokenizer.Tokenize(text, Folder.MaxTokens).Ids;

    /// <summary>
    /// What sentence-transformers does: texts sorted by length, the longest first, in batches of a fixed number, each padded to its longest.
    /// </summary>
    /// <param name="texts">The texts.</param>
    /// <param name="size">Texts in a batch.</param>
    /// <param name="encode">The embeddings of a batch, row after row.</param>
    public IReadOnlyList<float[]> InSortedBatches(IReadOnlyList<string> texts, int size, Func<TokenBatch, float[]> encode)
    {
        var ids = texts.Select(Tokenize).ToArray();
        var embeddings = new float[texts.Count][];
        foreach (var batch in Enumerable.Range(0, texts.Count).OrderByDescending(index => ids[index].Length).Chunk(size))
        {
            var rows = encode(new TokenBatch(Array.ConvertAll(batch, index => ids[index]), Folder.Config.PadTokenId))
                .Chunk(Folder.Config.HiddenSize).ToArray();
            for (var row = 0; row < batch.Length; row++)
            {
                embeddings[batch[row]] = rows[row];
            }
        }

        return embeddings;
    }

    public void Dispose() => _checkpoint.Dispose();
}
