namespace MiCse.Models;

/// <summary>BERT (Devlin et al. 2019): the plan as it stands, under the canonical names.</summary>
/// <remarks>https://github.com/huggingface/transformers/blob/v4.22.0/src/transformers/models/bert/modeling_bert.py</remarks>
internal sealed class Bert : ModelFamily
{
    public override string ModelType => "bert";

    public override string ClassPrefix => "Bert";

    public override string StartToken => "[CLS]";

    public override WeightMap Names { get; } = new()
    {
        Prefix = "bert.",
        MaskedLanguageModelHead = new("cls.predictions.transform.dense", "cls.predictions.transform.LayerNorm", "cls.predictions.bias"),
    };

    public override EncoderPlan Plan(EncoderShape shape) => new();
}
