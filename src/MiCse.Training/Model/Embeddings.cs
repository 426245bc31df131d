using MiCse.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MiCse.Training.Model;

/// <summary>Word, position and token type embeddings as the plan has them, their sum normalised, and projected where they are factorized.</summary>
internal sealed class Embeddings
{
    private readonly int? _paddingId;
    private readonly double _dropout;
    private readonly Embedding _words;
    private readonly Embedding? _positions;
    private readonly Embedding? _tokenTypes;
    private readonly Norm _norm;
    private readonly Dense? _projection;

    public Embeddings(nn.Module root, EncoderShape config, double dropout, Precision precision)
    {
        var plan = config.Plan;
        var size = plan.EmbeddingSize ?? config.HiddenSize;
        _paddingId = plan.Positions?.PaddingId;
        _dropout = dropout;
        _words = Table(WeightNames.WordEmbeddings, config.VocabularySize, config.PadTokenId);
        _positions = plan.Positions is null ? null : Table(WeightNames.PositionEmbeddings, config.MaxPositions, _paddingId);
        _tokenTypes = plan.TokenTypes == TokenTypes.None ? null : Table(WeightNames.TokenTypeEmbeddings, config.TypeVocabularySize, null);
        _norm = new Norm(root, WeightNames.EmbeddingsNorm, size, config, plan.NormBiases);
        _projection = plan.EmbeddingSize is null ? null : new Dense(root, WeightNames.EmbeddingProjection, size, config.HiddenSize, config, precision);

        Embedding Table(string weight, int rows, int? padding) => StateDict.Table(root, weight, rows, size, padding, config);
    }

    /// <summary>The word table, for a masked-language-model head that shares it. [vocabulary, embedding]</summary>
    public Tensor Words => _words.weight!;

    /// <param name="ids">[sequences, tokens]</param>
    /// <param name="tokenTypes">[sequences, tokens], or null for all 0.</param>
    /// <param name="training">Whether dropout is on.</param>
    /// <returns>[sequences, tokens, hidden]</returns>
    public Tensor Forward(Tensor ids, Tensor? tokenTypes, bool training)
    {
        using var scope = NewDisposeScope();
        var sum = _words.forward(ids); // [sequences, tokens, embedding]
        if (_tokenTypes is not null)
        {
            sum += tokenTypes is null ? _tokenTypes.weight!.select(0, 0) : _tokenTypes.forward(tokenTypes); // [embedding] or [sequences, tokens, embedding]
        }

        if (_positions is not null)
        {
            sum += Positions(_positions, ids);
        }

        var embeddings = nn.functional.dropout(_norm.Forward(sum), _dropout, training);
        return (_projection?.Forward(embeddings) ?? embeddings).MoveToOuterDisposeScope();
    }

    private Tensor Positions(Embedding positions, Tensor ids)
    {
        if (_paddingId is not { } padding)
        {
            return positions.weight!.narrow(0, 0, ids.shape[1]); // [tokens, embedding]
        }

        // As transformers does it: by the padding id and not by the mask.
        var isToken = ids.ne(padding).to(ScalarType.Int64); // [sequences, tokens]
        return positions.forward((isToken.cumsum(1) * isToken) + padding); // [sequences, tokens, embedding]
    }
}
