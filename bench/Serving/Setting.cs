namespace MiCse.Serving;

/// <summary>What is measured.</summary>
/// <param name="Model">The model.</param>
/// <param name="Data">Sentences, one a line.</param>
/// <param name="Seconds">Seconds of each load.</param>
/// <param name="BulkTexts">Texts of the bulk job.</param>
internal sealed record Setting(string Model, string Data, int Seconds, int BulkTexts)
{
    /// <summary>Different texts that single requests ask for.</summary>
    public const int Texts = 2_000;

    /// <summary>Starts of each server, of which the median counts.</summary>
    public const int Starts = 9;

    /// <summary>Where copies of the model for other programs are made.</summary>
    public string WorkFolder { get; } = Path.GetFullPath(Path.Combine("artifacts", "serving", Path.GetFileName(Path.TrimEndingDirectorySeparator(Model))));

    /// <summary>Seconds of a load.</summary>
    public TimeSpan Duration => TimeSpan.FromSeconds(Seconds);
}
