namespace MiCse.Models;

/// <summary>
/// RoBERTa (Liu et al. 2019): positions are counted from the row after the padding id, padding aside, and tokenizers give no token types.
/// </summary>
/// <remarks>https://github.com/huggingface/transformers/blob/v4.22.0/src/transformers/models/roberta/modeling_roberta.py</remarks>
internal class Roberta : ModelFamily
{
    public override string ModelType => "roberta";

    public override string ClassPrefix => "Roberta";

    public override int PadTokenId => 1;

    public override string? StartToken => "<s>";

    public override WeightMap Names { get; } = new()
    {
        Prefix = "roberta.",
        MaskedLanguageModelHead = new("lm_head.dense", "lm_head.layer_norm", "lm_head.bias"),
    };

    public override EncoderPlan Plan(EncoderShape shape) => new()
    {
        Positions = new LearnedPositions(shape.PadTokenId),
        TokenTypes = TokenTypes.Zero,
    };

    public override EncoderShape Fresh(EncoderShape shape) => shape with
    {
        MaxPositions = shape.MaxPositions + shape.PadTokenId + 1,
        TypeVocabularySize = 1,
        LayerNormEpsilon = 1e-5,
    };
}
