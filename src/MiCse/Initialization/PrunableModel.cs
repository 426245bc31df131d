using MiCse.Tokenization.Models;

namespace MiCse.Initialization;

/// <summary>What pruning has to know of a token model: which pieces always stay, which a piece is made with, and how a model of fewer pieces is made.</summary>
internal abstract class PrunableModel
{
    /// <summary>Ids that always stay, so that what could be spelled still can be.</summary>
    public abstract IEnumerable<int> Essential { get; }

    /// <summary>The description of a model.</summary>
    /// <exception cref="ArgumentException">A kind whose pieces cannot be left out.</exception>
    public static PrunableModel Of(ITokenModel model) => model switch
    {
        WordPiece wordPiece => new PrunableWordPiece(wordPiece),
        Bpe bpe => new PrunableBpe(bpe),
        Unigram unigram => new PrunableUnigram(unigram),
        WordLevel words => new PrunableWords(words),
        _ => throw new ArgumentException($"A vocabulary of the kind {model.Name} cannot be pruned: keep it as it is."),
    };

    /// <summary>The piece and those that it is made with, as far as they are not kept yet.</summary>
    public virtual IReadOnlyCollection<int> Needed(int id, IReadOnlySet<int> kept) => kept.Contains(id) ? [] : [id];

    /// <summary>The model with these pieces alone, in the order of their new ids.</summary>
    public abstract ITokenModel With(IReadOnlyList<string?> tokens);

    private static IEnumerable<int> Where(ITokenModel model, Func<string, bool> isEssential) =>
        Enumerable.Range(0, model.Tokens.Count).Where(id => model.Tokens[id] is { } token && (token == model.UnknownToken || isEssential(token)));

    private static bool IsAscii(ReadOnlySpan<char> character) => character.Length == 1 && char.IsAscii(character[0]);

    private static bool IsByte(string token) => token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>';

    /// <summary>WordPiece takes the longest piece of the vocabulary, so a piece needs no other.</summary>
    private sealed class PrunableWordPiece(WordPiece model) : PrunableModel
    {
        public override IEnumerable<int> Essential => Where(
            model, token => IsAscii(model.IsContinuation(token) && token.Length > model.ContinuationPrefix.Length ? token.AsSpan(model.ContinuationPrefix.Length) : token));

        public override ITokenModel With(IReadOnlyList<string?> tokens) =>
            new WordPiece(tokens, model.UnknownToken, model.ContinuationPrefix, model.MaxCharactersPerWord);
    }

    /// <summary>A word is a piece, or unknown.</summary>
    private sealed class PrunableWords(WordLevel model) : PrunableModel
    {
        public override IEnumerable<int> Essential => Where(model, _ => false);

        public override ITokenModel With(IReadOnlyList<string?> tokens) => new WordLevel(tokens, model.UnknownToken);
    }

    /// <summary>The likeliest of all spellings is still the likeliest of fewer.</summary>
    private sealed class PrunableUnigram(Unigram model) : PrunableModel
    {
        public override IEnumerable<int> Essential => Where(model, token => IsAscii(token) || token == $"{Unigram.Space}" || (model.ByteFallback && IsByte(token)));

        public override ITokenModel With(IReadOnlyList<string?> tokens)
        {
            var scores = model.Tokens.Index().DistinctBy(piece => piece.Item).ToDictionary(piece => piece.Item!, piece => model.Scores[piece.Index], StringComparer.Ordinal);
            string[] pieces = [.. tokens.Select(token => token ?? throw new ArgumentException("An added token lies between the pieces of a Unigram vocabulary: keep it as it is."))];
            return new Unigram([.. pieces.Select(piece => (piece, scores[piece]))], Array.IndexOf(pieces, model.UnknownToken), model.ByteFallback);
        }
    }

    /// <summary>
    /// Byte-pair encoding makes a piece of two others by a merge, so they stay too. A merge that is left out was never the earliest one anywhere in a text whose
    /// pieces are all kept, so such a text is merged as before.
    /// </summary>
    private sealed class PrunableBpe : PrunableModel
    {
        private readonly Bpe _model;
        private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
        private readonly ILookup<string, (string Left, string Right)> _makes;

        public PrunableBpe(Bpe model)
        {
            _model = model;
            for (var id = 0; id < model.Tokens.Count; id++)
            {
                if (model.Tokens[id] is { } token)
                {
                    _ids[token] = id;
                }
            }

            _makes = model.Merges.ToLookup(Merged, StringComparer.Ordinal);
        }

        public override IEnumerable<int> Essential => Where(
            _model, token => _model.IsByteLevel ? token.Length == 1 : IsAscii(token) || token == $"{Unigram.Space}" || (_model.Settings.ByteFallback && IsByte(token)));

        public override IReadOnlyCollection<int> Needed(int id, IReadOnlySet<int> kept)
        {
            var needed = new HashSet<int>();
            var open = new Stack<int>([id]);
            while (open.TryPop(out var next))
            {
                if (!kept.Contains(next) && needed.Add(next) && next < _model.Tokens.Count && _model.Tokens[next] is { } token)
                {
                    foreach (var (left, right) in _makes[token])
                    {
                        open.Push(_ids[left]);
                        open.Push(_ids[right]);
                    }
                }
            }

            return needed;
        }

        public override ITokenModel With(IReadOnlyList<string?> tokens)
        {
            var kept = tokens.OfType<string>().ToHashSet(StringComparer.Ordinal);
            return new Bpe(
                tokens, [.. _model.Merges.Where(merge => kept.Contains(merge.Left) && kept.Contains(merge.Right) && kept.Contains(Merged(merge)))], _model.Settings, _model.IsByteLevel);
        }

        private string Merged((string Left, string Right) merge) =>
            merge.Left + merge.Right[Math.Min(_model.Settings.ContinuationPrefix?.Length ?? 0, merge.Right.Length)..];
    }
}
