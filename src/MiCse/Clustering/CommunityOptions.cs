namespace MiCse.Clustering;

/// <summary>How <see cref="CommunityDetection"/> works. Values out of range are refused when it starts.</summary>
public sealed record CommunityOptions
{
    /// <summary>The cosine with the centre that a member has at least, -1..1; up to 0.000001 is forgiven to rounding, so that 1 finds equal texts.</summary>
    /// <value>The default is 0.75.</value>
    public double MinScore { get; init; } = 0.75;

    /// <summary>The smallest community, its centre counted; others are in no cluster.</summary>
    /// <value>The default is 2.</value>
    public int MinSize { get; init; } = 2;

    /// <summary>Processor threads; they change the time and not the result.</summary>
    /// <value>The default is null: all.</value>
    public int? Threads { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    internal void Validate()
    {
        if (!(MinScore is >= -1 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(MinScore), MinScore, "A cosine is between -1 and 1.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(MinSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Threads ?? 1, 1, nameof(Threads));
    }
}
