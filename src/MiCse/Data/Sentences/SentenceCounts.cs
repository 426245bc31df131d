namespace MiCse.Data.Sentences;

/// <summary>What became of the sentences of a file.</summary>
/// <param name="Texts">Texts read, for example paragraphs.</param>
/// <param name="Sentences">Sentences they were cut into.</param>
/// <param name="Kept">Sentences written.</param>
/// <param name="Dropped">How many were left out for which fault; all faults are there, in the order of <see cref="SentenceFault"/>.</param>
public sealed record SentenceCounts(long Texts, long Sentences, long Kept, IReadOnlyList<KeyValuePair<SentenceFault, long>> Dropped);
