using System.Numerics.Tensors;
using MiCse.Numerics;
using MiCse.Vectors;

namespace MiCse.Clustering;

/// <summary>
/// The two steps of k-means by turns (Lloyd 1982): rows to the nearest centre, centres to the middle of their rows. Neither raises the inertia.
/// </summary>
internal sealed class LloydAlgorithm
{
    private readonly EmbeddingMatrix _unit;
    private readonly ParallelOptions _parallel;

    public LloydAlgorithm(EmbeddingMatrix unit, EmbeddingMatrix centers, ParallelOptions parallel)
    {
        _unit = unit;
        _parallel = parallel;
        Centers = centers;
        Assignments = new int[unit.Count];
        Array.Fill(Assignments, Partition.None);
        Scores = new float[unit.Count];
    }

    /// <summary>Shape [clusters, dimensions], of length 1.</summary>
    public EmbeddingMatrix Centers { get; }

    /// <summary>The nearest centre of each row; of several the first.</summary>
    public int[] Assignments { get; }

    /// <summary>Cosine with it.</summary>
    public float[] Scores { get; }

    /// <summary>The sum of 1 - cosine.</summary>
    public double Inertia { get; private set; }

    /// <summary>Finds the nearest centre of each row.</summary>
    /// <returns>Whether a row has another than before.</returns>
    public bool Assign()
    {
        var inertia = new double[RowBlocks.Count(_unit)];
        var changed = new bool[inertia.Length];
        RowBlocks.Multiply(_unit, Centers, _parallel, (block, start, products) =>
        {
            var clusters = Centers.Count;
            for (var row = start; row < start + products.Length / clusters; row++)
            {
                var cosines = products.Slice((row - start) * clusters, clusters);
                var nearest = TensorPrimitives.IndexOfMax(cosines);
                changed[block] |= Assignments[row] != nearest;
                Assignments[row] = nearest;
                Scores[row] = Math.Clamp(cosines[nearest], -1, 1);
                inertia[block] += 1.0 - Scores[row];
            }
        });

        // In the order of the blocks, not of the threads.
        Inertia = inertia.Sum();
        return changed.Contains(true);
    }

    /// <summary>Puts every centre into the middle of its rows, and one without rows where a row is worst served.</summary>
    public void MoveCenters()
    {
        var (starts, rows) = RowsByCluster();
        ParallelLoop.For(0, Centers.Count, _parallel, cluster =>
        {
            var sum = new float[_unit.Dimensions];
            foreach (var row in rows.AsSpan(starts[cluster]..starts[cluster + 1]))
            {
                TensorPrimitives.Add(sum, _unit[row], sum);
            }

            // Rows that cancel each other out have no middle: any centre is as good as the old one.
            var length = TensorPrimitives.Norm<float>(sum);
            if (length > 0)
            {
                TensorPrimitives.Divide(sum, length, Centers[cluster]);
            }
        });
        FillEmptyClusters(starts);
    }

    /// <summary>A counting sort: the rows of a cluster, in their order, stand together.</summary>
    private (int[] Starts, int[] Rows) RowsByCluster()
    {
        var starts = new int[Centers.Count + 1];
        foreach (var cluster in Assignments)
        {
            starts[cluster + 1]++;
        }

        for (var cluster = 0; cluster < Centers.Count; cluster++)
        {
            starts[cluster + 1] += starts[cluster];
        }

        var next = starts.ToArray();
        var rows = new int[Assignments.Length];
        for (var row = 0; row < rows.Length; row++)
        {
            rows[next[Assignments[row]]++] = row;
        }

        return (starts, rows);
    }

    private void FillEmptyClusters(int[] starts)
    {
        var empty = Enumerable.Range(0, Centers.Count).Where(cluster => starts[cluster] == starts[cluster + 1]).ToList();
        if (empty.Count == 0)
        {
            return;
        }

        var worst = Enumerable.Range(0, Scores.Length)
            .Where(row => 1 - Scores[row] >= KMeansSeeding.SameDirection && _unit[row].ContainsAnyExcept(0f))
            .OrderBy(row => Scores[row])
            .ThenBy(row => row);
        foreach (var (cluster, row) in empty.Zip(worst))
        {
            _unit[row].CopyTo(Centers[cluster]);
        }
    }
}
