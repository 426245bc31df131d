using System.Runtime.CompilerServices;
using System.Text;
using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.PreTokenizers;

/// <summary>Which words get a mark before them.</summary>
internal enum PrependScheme
{
    /// <summary>Every word.</summary>
    Always,

    /// <summary>The word at the very start of the input.</summary>
    First,

    /// <summary>None.</summary>
    Never,
}

/// <summary>SentencePiece's: the space becomes a mark, a word that does not start with one may get one, and every mark starts a new word.</summary>
/// <param name="replacement">The mark, as a rule ▁.</param>
/// <param name="scheme">Which words get a mark before them.</param>
/// <param name="split">Whether it cuts at all.</param>
internal sealed class MetaspacePreTokenizer(Rune replacement, PrependScheme scheme, bool split) : IPreTokenizer
{
    private const int ShortText = 128;

    private readonly string _mark = replacement.ToString();

    /// <summary>The mark.</summary>
    public Rune Replacement => replacement;

    /// <summary>Which words get a mark before them.</summary>
    public PrependScheme Scheme => scheme;

    /// <summary>Whether it cuts at all.</summary>
    public bool Splits => split;

    /// <summary>How older files write it: their second spelling of the mark, empty when they have none; null for newer files. Only carried along.</summary>
    public string? OlderKeys { get; init; }

    /// <inheritdoc/>
    [SkipLocalsInit]
    public void Split(scoped ReadOnlySpan<char> text, bool atStart, IWordSink words, ref PooledBuffer<int> ids)
    {
        var prepends = !text.IsEmpty && (scheme == PrependScheme.Always || (scheme == PrependScheme.First && atStart)) && !text.StartsWith(' ') && !text.StartsWith(_mark);
        if (_mark.Length == 1 && text.Length < ShortText)
        {
            Span<char> marked = stackalloc char[ShortText];
            var start = prepends ? 1 : 0;
            marked[0] = _mark[0];
            text.Replace(marked[start..], ' ', _mark[0]);
            AppendWords(marked[..(start + text.Length)], atStart, words, ref ids);
            return;
        }

        var buffer = new PooledBuffer<char>(text.Length + 1);
        try
        {
            buffer.AddRange(prepends ? _mark : "");
            for (var space = text.IndexOf(' '); space >= 0; space = text.IndexOf(' '))
            {
                buffer.AddRange(text[..space]);
                buffer.AddRange(_mark);
                text = text[(space + 1)..];
            }

            buffer.AddRange(text);
            AppendWords(buffer.Items, atStart, words, ref ids);
        }
        finally
        {
            buffer.Dispose();
        }
    }

    private void AppendWords(scoped ReadOnlySpan<char> text, bool atStart, IWordSink words, ref PooledBuffer<int> ids)
    {
        while (!text.IsEmpty)
        {
            // A mark at the front belongs to this word.
            var from = text.StartsWith(_mark) ? _mark.Length : 0;
            var next = split ? text[from..].IndexOf(_mark) : -1;
            var length = next < 0 ? text.Length : from + next;
            words.Append(text[..length], atStart, ref ids);
            atStart = false;
            text = text[length..];
        }
    }
}
