namespace MiCse.Tokenization;

/// <summary>Ids of the tokens with a role.</summary>
/// <param name="Padding">[PAD], &lt;pad&gt;</param>
/// <param name="Unknown">[UNK], &lt;unk&gt;; null when the vocabulary spells everything.</param>
/// <param name="Start">[CLS], &lt;s&gt;: first token of every sequence.</param>
/// <param name="End">[SEP], &lt;/s&gt;: last token of every sequence.</param>
/// <param name="Mask">[MASK], &lt;mask&gt;; null when the vocabulary has none.</param>
public sealed record SpecialTokens(int Padding, int? Unknown, int Start, int End, int? Mask);
