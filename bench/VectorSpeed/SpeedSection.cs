namespace MiCse.VectorSpeed;

/// <summary>A part of the report.</summary>
internal abstract class SpeedSection
{
    /// <summary>Its heading.</summary>
    public abstract string Title { get; }

    /// <summary>The heading of the document, where that is new.</summary>
    public virtual string Document => "Speed of search, groups and maps";

    /// <summary>The arguments that are shown; null for the command and its rounds.</summary>
    public virtual string? Arguments => null;

    /// <summary>Makes what is measured, where it is not in the folder yet.</summary>
    public abstract void Prepare();

    /// <summary>Measures, and says in Markdown what came out.</summary>
    public abstract string Measure();
}
