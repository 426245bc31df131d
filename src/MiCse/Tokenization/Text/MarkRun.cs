using System.Text;

namespace MiCse.Tokenization.Text;

/// <summary>
/// The combining marks at the end of a normalized text that may still have to be put into canonical order: by combining class, equal
/// ones as they came (Unicode standard, section 3.11). Removed accents count only where they separate two runs.
/// </summary>
internal struct MarkRun
{
    private int _start;
    private int _lastClass;
    private bool _unordered;

    /// <summary>Appends a mark with a combining class above 0.</summary>
    public void Append(Rune mark, ref PooledBuffer<char> text)
    {
        var combiningClass = Decompositions.ClassOf(mark.Value);
        if (_lastClass == 0)
        {
            _start = text.Count;
        }

        _unordered |= combiningClass < _lastClass;
        _lastClass = combiningClass;
        mark.EncodeToUtf16(text.Extend(mark.Utf16SequenceLength));
    }

    /// <summary>Orders the run; to be called before anything else is appended, and at the end.</summary>
    public void End(ref PooledBuffer<char> text)
    {
        if (_unordered)
        {
            var run = text.Items[_start..];
            var ordered = new string(run).EnumerateRunes().OrderBy(mark => Decompositions.ClassOf(mark.Value));
            string.Concat(ordered).CopyTo(run);
        }

        this = default;
    }
}
