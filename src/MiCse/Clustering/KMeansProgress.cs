namespace MiCse.Clustering;

/// <summary>One iteration of <see cref="KMeans"/> is done.</summary>
/// <param name="Restart">The start it belongs to, from 0.</param>
/// <param name="Iteration">Its number within the start, from 0.</param>
/// <param name="Inertia">The sum of 1 - cosine with the nearest centre; it never rises within a start.</param>
public readonly record struct KMeansProgress(int Restart, int Iteration, double Inertia);
