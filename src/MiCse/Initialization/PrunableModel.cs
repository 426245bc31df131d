using MiCse.Tokenization.Models;

namespace MiCse.Initialization;

/// <summary>What pruning has to know of a token model: which pieces always stay, which a piece is made with, and how a model of fewer pieces is made.</summary>
internal abstract class PrunableModel
{
    /// <summary>Ids that always stay.</summary>
    public abstract IEnumerable<int> Essential { get; }

    /// <summary>The description of a model.</summary>
    /// <exception cref="ArgumentException">A kind whose pieces cannot be left out.</exception>
    public static PrunableModel Of(ITokenModel model) => model switch
    {
        WordPiece wordPiece => new PrunableWordPiece(wordPiece),
        Bpe bpe => new PrunableBpe(bpe),
        _ => throw new ArgumentException($"A vocabulary of the kind {model.Name} cannot be pruned: keep it as it is."),
    };

    /// <summary>The piece and those that it is made with, as far as they are not kept yet.</summary>
    public abstract IReadOnlyCollection<int> Needed(int id, IReadOnlySet<int> kept);

    /// <summary>The model with these pieces alone, in the order of their new ids.</summary>
    public abstract ITokenModel With(IReadOnlyList<string?> tokens);

    /// <summary>WordPiece takes the longest piece of the vocabulary, so a piece needs no other; single characters make every word spellable that was.</summary>
    private sealed class PrunableWordPiece(WordPiece model) : PrunableModel
    {
        public override IEnumerable<int> Essential => Enumerable.Range(0, model.Tokens.Count).Where(id => model.Tokens[id] is { } token && IsCharacter(token));

        public override IReadOnlyCollection<int> Needed(int id, IReadOnlySet<int> kept) => kept.Contains(id) ? [] : [id];

        public override ITokenModel With(IReadOnlyList<string?> tokens) =>
            new WordPiece(tokens, model.UnknownToken, model.ContinuationPrefix, model.MaxCharactersPerWord);

        private bool IsCharacter(string token)
        {
            var text = model.IsContinuation(token) && token.Length > model.ContinuationPrefix.Length ? token.AsSpan(model.ContinuationPrefix.Length) : token;
            return char.IsAscii(text[0]) && text.Length == 1;
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

            _makes = model.Merges.ToLookup(merge => merge.Left + merge.Right, StringComparer.Ordinal);
        }

        public override IEnumerable<int> Essential => _ids.Where(entry => entry.Key.Length == 1 || entry.Key == _model.UnknownToken).Select(entry => entry.Value);

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
                tokens,
                [.. _model.Merges.Where(merge => kept.Contains(merge.Left) && kept.Contains(merge.Right) && kept.Contains(merge.Left + merge.Right))],
                _model.UnknownToken);
        }
    }
}
