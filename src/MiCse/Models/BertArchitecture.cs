namespace MiCse.Models;

/// <summary>The encoder families that can be loaded (<c>model_type</c> in config.json).</summary>
public enum BertArchitecture
{
    /// <summary>BERT: position ids 0, 1, 2, …</summary>
    Bert,

    /// <summary>RoBERTa: position ids count the tokens that are not padding, from <c>pad_token_id + 1</c>.</summary>
    Roberta,
}
