using MiCse.Tokenization.Files;
using MiCse.Tokenization.Training;

namespace MiCse.Tests.Tokenization.Training;

/// <summary>The trainer as one would explain it: after every merge all pairs of all words are counted anew.</summary>
internal static class SlowWordPieceTrainer
{
    public static List<string> Train(IReadOnlyDictionary<string, long> words, WordPieceTrainerOptions options)
    {
        List<string> pieces = [.. SpecialTokenNames.Bert.All];
        var characters = words.SelectMany(word => Characters(word.Key).Select(character => (character, word.Value))).GroupBy(entry => entry.character)
            .OrderByDescending(group => group.Sum(entry => entry.Value)).ThenBy(group => char.ConvertToUtf32(group.Key, 0))
            .Take(options.MaxCharacters).Select(group => group.Key).OrderBy(character => char.ConvertToUtf32(character, 0)).ToList();
        pieces.AddRange(characters);
        pieces.AddRange(characters.Where(character => words.Keys.Any(word => Characters(word).Skip(1).Contains(character))).Select(character => "##" + character));
        var spellings = words
            .Where(word => Characters(word.Key) is { Count: <= 100 } spelling && spelling.TrueForAll(characters.Contains))
            .Select(word => (Pieces: Characters(word.Key).Select((character, index) => index == 0 ? character : "##" + character).ToList(), Count: word.Value))
            .ToList();

        while (pieces.Count < options.Size)
        {
            var pairs = spellings
                .SelectMany(word => word.Pieces.Zip(word.Pieces.Skip(1), (left, right) => (left, right, word.Count)))
                .GroupBy(pair => (pair.left, pair.right), pair => pair.Count)
                .Select(group => (group.Key.left, group.Key.right, Count: group.Sum()))
                .OrderByDescending(pair => pair.Count).ThenBy(pair => pieces.IndexOf(pair.left)).ThenBy(pair => pieces.IndexOf(pair.right))
                .ToList();
            if (pairs is not [var best, ..] || best.Count < options.MinFrequency)
            {
                break;
            }

            var merged = best.left + best.right[2..];
            if (!pieces.Contains(merged))
            {
                pieces.Add(merged);
            }

            foreach (var (spelling, _) in spellings)
            {
                for (var index = 0; index + 1 < spelling.Count; index++)
                {
                    if (spelling[index] == best.left && spelling[index + 1] == best.right)
                    {
                        spelling[index] = merged;
                        spelling.RemoveAt(index + 1);
                    }
                }
            }
        }

        return pieces;
    }

    private static List<string> Characters(string word) => [.. word.EnumerateRunes().Select(rune => rune.ToString())];
}
