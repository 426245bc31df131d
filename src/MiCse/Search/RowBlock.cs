namespace MiCse.Search;

/// <summary>Some rows as the kernels read them: zero-filled to a multiple of 32 numbers.</summary>
/// <param name="vectors">The vectors; null where the codes are read.</param>
/// <param name="codes">Their codes; null where the vectors are read.</param>
/// <param name="scales">The length of each vector; with codes their step and distance after it.</param>
/// <param name="scalesPerRow">Numbers a row in <paramref name="scales"/>.</param>
/// <param name="count">How many rows.</param>
internal readonly unsafe struct RowBlock(float* vectors, sbyte* codes, float* scales, int scalesPerRow, int count)
{
    public float* Vectors => vectors;

    public sbyte* Codes => codes;

    public int Count => count;

    public float Norm(int row) => scales[row * scalesPerRow];

    public DirectionCode Code(int row) => new(scales[row * scalesPerRow + 1], scales[row * scalesPerRow + 2]);
}
