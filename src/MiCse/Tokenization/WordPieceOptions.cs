namespace MiCse.Tokenization;

/// <summary>Settings of a WordPiece tokenizer. The defaults are those of bert-base-uncased.</summary>
public sealed record WordPieceOptions
{
    /// <summary>What happens to the text first.</summary>
    public BertNormalization Normalization { get; init; } = new();

    /// <summary>The spellings of the tokens with a role (default: BERT's [PAD], [UNK], [CLS], [SEP], [MASK]).</summary>
    public SpecialTokenNames Names { get; init; } = SpecialTokenNames.Bert;

    /// <summary>Tokens recognised in the text itself; null (default): those of <see cref="Names"/>.</summary>
    public IReadOnlyList<AddedToken>? AddedTokens { get; init; }

    /// <summary>What marks a piece that continues a word (default <c>##</c>).</summary>
    public string ContinuationPrefix { get; init; } = "##";

    /// <summary>Words with more code points become the unknown token (default 100).</summary>
    public int MaxCharactersPerWord { get; init; } = 100;

    /// <summary>The longest sequence the model was made for, special tokens included; null (default): not stated.</summary>
    public int? ModelMaxLength { get; init; }
}
