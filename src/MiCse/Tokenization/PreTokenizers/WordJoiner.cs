using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.PreTokenizers;

/// <summary>Makes words of the matches in a text and of what lies between them, as they come.</summary>
internal struct WordJoiner(SplitBehavior behavior, bool atStart, IWordSink words)
{
    private bool _isOpen;
    private int _start;
    private int _end;
    private bool _lastIsMatch;

    /// <summary>Takes the next part of the text.</summary>
    public void Add(scoped ReadOnlySpan<char> text, int start, int end, bool isMatch, ref PooledBuffer<int> ids)
    {
        if (behavior == SplitBehavior.Removed)
        {
            Append(text, start, isMatch ? start : end, ref ids);
            return;
        }

        var joins = _isOpen && behavior switch
        {
            SplitBehavior.MergedWithPrevious => isMatch && !_lastIsMatch,
            SplitBehavior.MergedWithNext => !isMatch && _lastIsMatch,
            SplitBehavior.Contiguous => isMatch == _lastIsMatch,
            _ => false,
        };
        if (joins)
        {
            _end = end;
        }
        else
        {
            End(text, ref ids);
            (_isOpen, _start, _end) = (true, start, end);
        }

        // Before the first part there is no match, and what is merged belongs to the part that it was merged with.
        _lastIsMatch = isMatch;
    }

    /// <summary>Hands over the word that the next part might have belonged to.</summary>
    public void End(scoped ReadOnlySpan<char> text, ref PooledBuffer<int> ids)
    {
        if (_isOpen)
        {
            Append(text, _start, _end, ref ids);
            _isOpen = false;
        }
    }

    private readonly void Append(scoped ReadOnlySpan<char> text, int start, int end, ref PooledBuffer<int> ids)
    {
        if (end > start)
        {
            words.Append(text[start..end], atStart && start == 0, ref ids);
        }
    }
}
