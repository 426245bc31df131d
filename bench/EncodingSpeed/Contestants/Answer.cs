namespace MiCse.EncodingSpeed.Contestants;

/// <summary>What a contestant's process says after a command.</summary>
/// <param name="Seconds">For all texts of the round, or the median of a single one.</param>
/// <param name="Embedding">Of the first text, so that nobody wins with something else.</param>
/// <param name="PeakBytes">Largest resident size of the process so far.</param>
/// <param name="PaddingShare">What part of the computation was padding; null when the contestant does not say.</param>
internal sealed record Answer(double Seconds, float[] Embedding, long PeakBytes, double? PaddingShare = null);
