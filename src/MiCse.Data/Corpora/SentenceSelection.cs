using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MiCse.Data.Corpora;

/// <summary>The clean sentences of text after text, each once, and counts of the others. Not thread-safe.</summary>
internal sealed class SentenceSelection(SentenceFilter filter)
{
    private static readonly SentenceFault[] Faults = Enum.GetValues<SentenceFault>();

    private readonly HashSet<UInt128> _seen = [];
    private readonly long[] _dropped = new long[Faults.Length];
    private long _texts;
    private long _sentences;

    /// <summary>What became of the sentences so far.</summary>
    public SentenceCounts Counts =>
        new(_texts, _sentences, _seen.Count, [.. Faults.Select(fault => KeyValuePair.Create(fault, _dropped[(int)fault]))]);

    /// <summary>The clean and new sentences of the next text, white space as single spaces.</summary>
    public IEnumerable<string> Take(string text)
    {
        _texts++;
        foreach (var range in SentenceSplitter.Split(text))
        {
            _sentences++;
            var sentence = string.Join(' ', text[range].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            if ((filter.FaultOf(sentence) ?? (_seen.Add(Key(sentence)) ? null : SentenceFault.Duplicate)) is { } fault)
            {
                _dropped[(int)fault]++;
            }
            else
            {
                yield return sentence;
            }
        }
    }

    // A hash instead of the sentence, for memory's sake; 128 bits of SHA-256 do not meet by chance.
    private static UInt128 Key(string sentence)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(sentence.ToLowerInvariant()), hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
