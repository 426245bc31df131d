using MiCse.Vectors;

namespace MiCse.Cli.Views;

/// <summary>Says that a method compares by cosine where the model names another measure.</summary>
internal static class CosineNote
{
    /// <summary>Writes the note if there is something to say.</summary>
    /// <param name="error">The error stream.</param>
    /// <param name="encoder">The model.</param>
    /// <param name="what">What is found by cosine: "pairs".</param>
    public static void Write(TextWriter error, SentenceEncoder encoder, string what)
    {
        if (encoder.Measure != SimilarityMeasure.Cosine)
        {
            error.WriteLine($"micse: note: {what} are by cosine, while {encoder.ModelId} is to be compared by {encoder.Measure.Name()}.");
        }
    }
}
