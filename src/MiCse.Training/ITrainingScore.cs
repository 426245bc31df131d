namespace MiCse.Training;

/// <summary>One evaluation during a training of any kind.</summary>
internal interface ITrainingScore
{
    /// <summary>After this many steps.</summary>
    int Step { get; }
}
