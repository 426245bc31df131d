using MiCse.Tokenization.Patterns;
using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.Normalizers;

/// <summary>Replaces every match of a regular expression, or every occurrence of a string, from left to right.</summary>
internal sealed class ReplaceNormalizer : INormalizer
{
    private readonly Pattern? _regex;

    /// <param name="pattern">The string, not empty.</param>
    /// <param name="content">What stands in its place.</param>
    public ReplaceNormalizer(string pattern, string content) => (Pattern, Content) = (pattern, content);

    /// <param name="regex">The regular expression.</param>
    /// <param name="content">What stands in the place of a match, as it is.</param>
    public ReplaceNormalizer(Pattern regex, string content)
        : this(regex.Source, content) => _regex = regex;

    /// <summary>What is replaced.</summary>
    public string Pattern { get; }

    /// <summary>Whether it is a regular expression.</summary>
    public bool IsRegex => _regex is not null;

    /// <summary>What stands in its place.</summary>
    public string Content { get; }

    /// <inheritdoc/>
    public void Normalize(ReadOnlySpan<char> text, ref PooledBuffer<char> result)
    {
        if (_regex is not null)
        {
            // The empty text stays empty, also where the expression matches it.
            if (!text.IsEmpty)
            {
                ReplaceMatches(text, _regex, ref result);
            }

            return;
        }

        for (var found = text.IndexOf(Pattern); found >= 0; found = text.IndexOf(Pattern))
        {
            WellFormed.Append(text[..found], ref result);
            result.AddRange(Content);
            text = text[(found + Pattern.Length)..];
        }

        WellFormed.Append(text, ref result);
    }

    private void ReplaceMatches(ReadOnlySpan<char> text, Pattern regex, ref PooledBuffer<char> result)
    {
        var wellFormed = new PooledBuffer<char>(text.Length);
        WellFormed.Append(text, ref wellFormed);
        var matches = regex.MatchesIn(wellFormed.Items);
        try
        {
            var end = 0;
            while (matches.MoveNext())
            {
                result.AddRange(wellFormed.Items[end..matches.Start]);
                result.AddRange(Content);
                end = matches.End;
            }

            result.AddRange(wellFormed.Items[end..]);
        }
        finally
        {
            matches.Dispose();
            wellFormed.Dispose();
        }
    }
}
