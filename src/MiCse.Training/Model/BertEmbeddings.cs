using MiCse.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MiCse.Training.Model;

/// <summary>Word, position and token type embeddings, their sum normalised.</summary>
internal sealed class BertEmbeddings
{
    private readonly BertConfig _config;
    private readonly double _dropout;
    private readonly Embedding _words;
    private readonly Embedding _positions;
    private readonly Embedding _tokenTypes;
    private readonly Norm _norm;

    public BertEmbeddings(nn.Module root, BertConfig config, double dropout)
    {
        _config = config;
        _dropout = dropout;
        var roberta = config.Architecture == BertArchitecture.Roberta;
        _words = Table(root, WeightNames.WordEmbeddings, config.VocabularySize, config.PadTokenId);
        _positions = Table(root, WeightNames.PositionEmbeddings, config.MaxPositions, roberta ? config.PadTokenId : null);
        _tokenTypes = Table(root, WeightNames.TokenTypeEmbeddings, config.TypeVocabularySize, null);
        _norm = new Norm(root, WeightNames.EmbeddingsNorm, config);
    }

    /// <summary>The word table, for a masked-language-model head that shares it. [vocabulary, hidden]</summary>
    public Tensor Words => _words.weight!;

    /// <param name="ids">[sequences, tokens]</param>
    /// <param name="tokenTypes">[sequences, tokens], or null for all 0.</param>
    /// <param name="training">Whether dropout is on.</param>
    public Tensor Forward(Tensor ids, Tensor? tokenTypes, bool training)
    {
        using var scope = NewDisposeScope();
        var types = tokenTypes is null ? _tokenTypes.weight!.select(0, 0) : _tokenTypes.forward(tokenTypes); // [hidden] or [sequences, tokens, hidden]
        var sum = _words.forward(ids) + types + Positions(ids); // [sequences, tokens, hidden]
        return nn.functional.dropout(_norm.Forward(sum), _dropout, training).MoveToOuterDisposeScope();
    }

    private Tensor Positions(Tensor ids)
    {
        if (_config.Architecture == BertArchitecture.Bert)
        {
            return _positions.weight!.narrow(0, 0, ids.shape[1]); // [tokens, hidden]
        }

        // As transformers does it: by the padding id and not by the mask.
        var isToken = ids.ne(_config.PadTokenId).to(ScalarType.Int64); // [sequences, tokens]
        return _positions.forward((isToken.cumsum(1) * isToken) + _config.PadTokenId); // [sequences, tokens, hidden]
    }

    private Embedding Table(nn.Module root, string weightName, int rows, int? padding)
    {
        var table = nn.Embedding(rows, _config.HiddenSize, padding_idx: padding);
        using (NewDisposeScope())
        using (no_grad())
        {
            table.weight!.normal_(0, _config.InitializerRange);
            if (padding is { } row)
            {
                table.weight[row].zero_();
            }
        }

        StateDict.Register(root, weightName[..weightName.LastIndexOf('.')], table);
        return table;
    }
}
