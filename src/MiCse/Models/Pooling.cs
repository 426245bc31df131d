namespace MiCse.Models;

/// <summary>How the hidden states [tokens, hidden] of a text become its embedding [hidden].</summary>
public enum Pooling
{
    /// <summary>Last hidden state of [CLS]: what miCSE was published with. The default.</summary>
    ClsBeforePooler,

    /// <summary>tanh(dense([CLS])) with the training head (<c>mlp.dense</c>) if the checkpoint has one, else with its pooler, else plain [CLS].</summary>
    Cls,

    /// <summary>Mean of the last layer over the tokens that are not padding.</summary>
    Mean,

    /// <summary>Mean of (h[L] + h[L-1]) / 2.</summary>
    MeanOfLastTwo,

    /// <summary>Mean of (h[0] + h[L]) / 2, h[0] being the embedding output.</summary>
    MeanOfFirstAndLast,
}
