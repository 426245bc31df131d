namespace MiCse.Numerics;

/// <summary>What is not zero in a row: columns in ascending order, and their values.</summary>
internal readonly record struct SparseRow(int[] Columns, float[] Values)
{
    /// <summary>The sum of the values.</summary>
    public double Sum()
    {
        var sum = 0.0;
        foreach (var value in Values)
        {
            sum += value;
        }

        return sum;
    }
}
