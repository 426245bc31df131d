namespace MiCse.Models;

/// <summary>DistilBERT (Sanh et al. 2019): BERT without token types and pooler, under keys and names of its own.</summary>
/// <remarks>https://github.com/huggingface/transformers/blob/v4.22.0/src/transformers/models/distilbert/modeling_distilbert.py</remarks>
internal sealed class DistilBert : ModelFamily
{
    public override string ModelType => "distilbert";

    public override string ClassPrefix => "DistilBert";

    public override ConfigKeys Keys { get; } = new()
    {
        HiddenSize = "dim",
        Layers = "n_layers",
        Heads = "n_heads",
        IntermediateSize = "hidden_dim",
        TypeVocabularySize = null,
        LayerNormEpsilon = null,
        HiddenDropout = "dropout",
        AttentionDropout = "attention_dropout",
        Constants = [new("activation", "gelu", "the activation")],
    };

    public override WeightMap Names { get; } = new()
    {
        Prefix = "distilbert.",
        Layers = "transformer.layer.",
        Sections = ["embeddings.", "transformer."],
        Modules =
        [
            ("attention.self.query", "attention.q_lin"),
            ("attention.self.key", "attention.k_lin"),
            ("attention.self.value", "attention.v_lin"),
            ("attention.output.dense", "attention.out_lin"),
            ("attention.output.LayerNorm", "sa_layer_norm"),
            ("intermediate.dense", "ffn.lin1"),
            ("output.dense", "ffn.lin2"),
            ("output.LayerNorm", "output_layer_norm"),
        ],
        MaskedLanguageModelHead = new("vocab_transform", "vocab_layer_norm", "vocab_projector.bias"),
    };

    public override EncoderPlan Plan(EncoderShape shape) => new() { TokenTypes = TokenTypes.None };
}
