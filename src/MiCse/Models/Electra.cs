namespace MiCse.Models;

/// <summary>ELECTRA's discriminator (Clark et al. 2020): BERT without pooler, whose embeddings may be narrower than its hidden states.</summary>
/// <remarks>https://github.com/huggingface/transformers/blob/v4.22.0/src/transformers/models/electra/modeling_electra.py</remarks>
internal sealed class Electra : ModelFamily
{
    public override string ModelType => "electra";

    public override string ClassPrefix => "Electra";

    public override ConfigKeys Keys { get; } = new()
    {
        EmbeddingSize = "embedding_size",
        Activation = "hidden_act",
        Constants = [ConfigKeys.AbsolutePositions],
    };

    public override WeightMap Names { get; } = new()
    {
        Prefix = "electra.",
        Sections = ["embeddings.", "embeddings_project.", "encoder."],
        Modules = [("embeddings.projection", "embeddings_project")],
        MaskedLanguageModelHead = new("generator_predictions.dense", "generator_predictions.LayerNorm", "generator_lm_head.bias"),
    };

    public override EncoderPlan Plan(EncoderShape shape) => new() { EmbeddingSize = shape.EmbeddingSize, Activation = shape.Activation };
}
