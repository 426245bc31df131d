using System.Globalization;

namespace MiCse.Training.LowShot;

/// <summary>One training of a study.</summary>
/// <param name="Shots">Sentences it is trained on.</param>
/// <param name="Seed">Decides the sentences and every random number; the arms of a seed share both.</param>
/// <param name="Arm">How it is trained.</param>
public sealed record LowShotCell(int Shots, long Seed, LowShotArm Arm)
{
    /// <summary>The name of its files.</summary>
    internal string FileName => string.Create(CultureInfo.InvariantCulture, $"{Shots:D4}-seed{Seed}-{Arm.FileName}");

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Shots:N0} sentences, seed {Seed}, {Arm}");
}
