namespace MiCse.TrainingSpeed;

/// <summary>What all variants have in common.</summary>
/// <param name="Data">One sentence a line.</param>
/// <param name="Tokenizer">The folder of a tokenizer.</param>
/// <param name="Layers">Transformer layers.</param>
/// <param name="Hidden">Length of a hidden state.</param>
/// <param name="Heads">Attention heads in a layer.</param>
/// <param name="Threads">Processor threads.</param>
/// <param name="Seconds">How long each variant is measured in each round.</param>
internal sealed record Setting(string Data, string Tokenizer, int Layers, int Hidden, int Heads, int Threads, double Seconds);
