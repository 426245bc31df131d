using System.Text;
using MiCse.Files;

namespace MiCse.Data.Corpora;

/// <summary>
/// Writes the clean sentences of texts into a file, one a line, in their order. White space inside a sentence becomes single spaces; of sentences
/// that are equal but for capital letters the first is kept. Memory holds one text, and a hash of 16 bytes for every sentence written.
/// </summary>
internal static class SentenceFile
{
    private const int BufferSize = 1 << 16;

    /// <summary>Cuts with <see cref="SentenceSplitter"/>, filters and writes.</summary>
    /// <param name="path">The file to write or replace: .txt, .txt.gz or .txt.zst.</param>
    /// <param name="texts">The texts, for example one paragraph each; enumerated once.</param>
    /// <param name="filter">Which sentences are clean.</param>
    /// <param name="progress">Told the number of texts done.</param>
    /// <param name="cancellationToken">Looked at before every text.</param>
    /// <exception cref="DataFormatException">Another ending, or texts that cannot be read.</exception>
    /// <exception cref="IOException">The file cannot be written; nothing is left.</exception>
    public static SentenceCounts Write(
        string path,
        IEnumerable<string> texts,
        SentenceFilter filter,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(filter);
        if (!Compression.TrimEnding(path).EndsWith(".txt", StringComparison.OrdinalIgnoreCase))
        {
            throw new DataFormatException(path, null, "sentences are written one a line; expected a file ending in .txt, .txt.gz or .txt.zst.");
        }

        var selection = new SentenceSelection(filter);
        AtomicFile.Write(path, file => Compression.Compress(file, path, stream =>
        {
            using var lines = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), BufferSize, leaveOpen: true);
            var done = 0L;
            foreach (var text in texts)
            {
                cancellationToken.ThrowIfCancellationRequested();
                foreach (var sentence in selection.Take(text))
                {
                    lines.Write(sentence);
                    lines.Write('\n');
                }

                progress?.Report(++done);
            }
        }));
        return selection.Counts;
    }
}

/// <summary>What became of the sentences of a file.</summary>
/// <param name="Texts">Texts read, for example paragraphs.</param>
/// <param name="Sentences">Sentences they were cut into.</param>
/// <param name="Kept">Sentences written.</param>
/// <param name="Dropped">How many were left out for which fault; all faults are there, in the order of <see cref="SentenceFault"/>.</param>
internal sealed record SentenceCounts(long Texts, long Sentences, long Kept, IReadOnlyList<KeyValuePair<SentenceFault, long>> Dropped);
