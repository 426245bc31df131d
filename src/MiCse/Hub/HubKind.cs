namespace MiCse.Hub;

/// <summary>What a repository on the Hub holds.</summary>
internal enum HubKind
{
    /// <summary>A model: config.json, weights, tokenizer files.</summary>
    Model,

    /// <summary>A data set.</summary>
    Dataset,
}
