using MiCse.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MiCse.Training.Model;

/// <summary>Word, position and token type embeddings, their sum normalised.</summary>
internal sealed class Embeddings
{
    private readonly int? _paddingId;
    private readonly double _dropout;
    private readonly Embedding _words;
    private readonly Embedding _positions;
    private readonly Embedding? _tokenTypes;
    private readonly Norm _norm;

    public Embeddings(nn.Module root, EncoderShape config, double dropout)
    {
        var plan = config.Plan;
        _paddingId = plan.Positions!.PaddingId;
        _dropout = dropout;
        _words = Table(WeightNames.WordEmbeddings, config.VocabularySize, config.PadTokenId);
        _positions = Table(WeightNames.PositionEmbeddings, config.MaxPositions, _paddingId);
        _tokenTypes = plan.TokenTypes == TokenTypes.None ? null : Table(WeightNames.TokenTypeEmbeddings, config.TypeVocabularySize, null);
        _norm = new Norm(root, WeightNames.EmbeddingsNorm, config);

        Embedding Table(string weightName, int rows, int? padding)
        {
            var table = nn.Embedding(rows, config.HiddenSize, padding_idx: padding);
            using (NewDisposeScope())
            using (no_grad())
            {
                table.weight!.normal_(0, config.InitializerRange);
                if (padding is { } row)
                {
                    table.weight[row].zero_();
                }
            }

            StateDict.Register(root, weightName[..weightName.LastIndexOf('.')], table);
            return table;
        }
    }

    /// <summary>The word table, for a masked-language-model head that shares it. [vocabulary, hidden]</summary>
    public Tensor Words => _words.weight!;

    /// <param name="ids">[sequences, tokens]</param>
    /// <param name="tokenTypes">[sequences, tokens], or null for all 0.</param>
    /// <param name="training">Whether dropout is on.</param>
    public Tensor Forward(Tensor ids, Tensor? tokenTypes, bool training)
    {
        using var scope = NewDisposeScope();
        var sum = _words.forward(ids); // [sequences, tokens, hidden]
        if (_tokenTypes is not null)
        {
            sum += tokenTypes is null ? _tokenTypes.weight!.select(0, 0) : _tokenTypes.forward(tokenTypes); // [hidden] or [sequences, tokens, hidden]
        }

        sum += Positions(ids);
        return nn.functional.dropout(_norm.Forward(sum), _dropout, training).MoveToOuterDisposeScope();
    }

    private Tensor Positions(Tensor ids)
    {
        if (_paddingId is not { } padding)
        {
            return _positions.weight!.narrow(0, 0, ids.shape[1]); // [tokens, hidden]
        }

        // As transformers does it: by the padding id and not by the mask.
        var isToken = ids.ne(padding).to(ScalarType.Int64); // [sequences, tokens]
        return _positions.forward((isToken.cumsum(1) * isToken) + padding); // [sequences, tokens, hidden]
    }
}
