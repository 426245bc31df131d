namespace MiCse.Checkpoints.Onnx;

/// <summary>What the inputs of an encoder's graph are called by every exporter.</summary>
internal static class GraphInputs
{
    /// <summary>Token ids [batch, tokens].</summary>
    public const string Ids = "input_ids";

    /// <summary>1 for tokens to attend to, 0 for the others [batch, tokens].</summary>
    public const string Mask = "attention_mask";

    /// <summary>Token types [batch, tokens].</summary>
    public const string TokenTypes = "token_type_ids";

    /// <summary>Places of the tokens in a text, 0, 1, 2, … [batch, tokens]; seldom an input.</summary>
    public const string PositionIds = "position_ids";
}
