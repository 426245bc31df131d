using MiCse.Vectors;

namespace MiCse.Inference;

/// <summary>What <see cref="SentenceEncoder.EncodeTokens"/> returns.</summary>
/// <param name="Ids">The ids of the tokens as the model reads them, start and end token included.</param>
/// <param name="States">Their last hidden states: shape [tokens, hidden].</param>
/// <param name="Truncated">Whether the text was cut to the model's length.</param>
public sealed record EncodedTokens(IReadOnlyList<int> Ids, EmbeddingMatrix States, bool Truncated);
