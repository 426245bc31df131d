namespace MiCse.Models;

/// <summary>XLM-RoBERTa (Conneau et al. 2020): RoBERTa of many languages, under names of its own.</summary>
/// <remarks>https://github.com/huggingface/transformers/blob/v4.22.0/src/transformers/models/xlm_roberta/modeling_xlm_roberta.py</remarks>
internal sealed class XlmRoberta : Roberta
{
    public override string ModelType => "xlm-roberta";

    public override string ClassPrefix => "XLMRoberta";

    // Fresh models whose texts start with <s> are RoBERTa.
    public override string? StartToken => null;
}
