namespace MiCse.Models;

/// <summary>How the hidden states [tokens, hidden] of a text become a vector [hidden].</summary>
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

    /// <summary>The largest value of each dimension of the last layer.</summary>
    Max,

    /// <summary>The sum of the last layer's hidden states, divided by the root of their number.</summary>
    MeanSqrtLength,

    /// <summary>Mean of the last layer in which the p-th token of the sequence, counted from 1, has the weight p (Muennighoff 2022).</summary>
    WeightedMean,

    /// <summary>Last hidden state of the last token.</summary>
    LastToken,
}
