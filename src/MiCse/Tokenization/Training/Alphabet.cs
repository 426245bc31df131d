using System.Text;

namespace MiCse.Tokenization.Training;

/// <summary>
/// The pieces of one character that a vocabulary starts with: every kept character as the start of a word, in the order of code points, then
/// with the prefix those that also stand inside a word. Immutable and thread-safe.
/// </summary>
internal sealed class Alphabet
{
    private readonly Dictionary<Rune, int> _starting = [];
    private readonly Dictionary<Rune, int> _continuing = [];

    /// <param name="words">The words and how often they occur.</param>
    /// <param name="maxCharacters">How many characters are kept: the most frequent, of equally frequent ones the lower code points.</param>
    /// <param name="continuationPrefix">What marks a piece inside a word.</param>
    public Alphabet(IReadOnlyDictionary<string, long> words, int maxCharacters, string continuationPrefix)
    {
        var occurrences = new Dictionary<Rune, long>();
        var inside = new HashSet<Rune>();
        foreach (var (word, count) in words)
        {
            var isFirst = true;
            foreach (var character in word.EnumerateRunes())
            {
                occurrences[character] = occurrences.GetValueOrDefault(character) + count;
                if (!isFirst)
                {
                    inside.Add(character);
                }

                isFirst = false;
            }
        }

        Rune[] kept = [.. occurrences
            .OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key)
            .Take(maxCharacters).Select(entry => entry.Key).Order()];
        var pieces = new List<string>();
        foreach (var character in kept)
        {
            _starting.Add(character, pieces.Count);
            pieces.Add(character.ToString());
        }

        foreach (var character in kept.Where(inside.Contains))
        {
            _continuing.Add(character, pieces.Count);
            pieces.Add(continuationPrefix + character);
        }

        Pieces = pieces;
    }

    /// <summary>The pieces.</summary>
    public IReadOnlyList<string> Pieces { get; }

    /// <summary>Appends the indices of the pieces that spell a word; nothing, and false, when a character was left out.</summary>
    public bool TrySpell(string word, List<int> spelling)
    {
        var before = spelling.Count;
        foreach (var character in word.EnumerateRunes())
        {
            if (!(spelling.Count == before ? _starting : _continuing).TryGetValue(character, out var piece))
            {
                spelling.RemoveRange(before, spelling.Count - before);
                return false;
            }

            spelling.Add(piece);
        }

        return true;
    }
}
