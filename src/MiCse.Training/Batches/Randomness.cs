using System.Security.Cryptography;
using System.Text;
using MiCse.Numerics;

namespace MiCse.Training.Batches;

/// <summary>
/// One seed → independent random numbers for each purpose and step. A number depends on nothing but the seed, the purpose and the
/// index, so nothing has to be saved to resume a training, and an option that uses chance in one place moves no number in another.
/// Immutable and thread-safe.
/// </summary>
internal sealed class Randomness
{
    /// <summary>Derives everything from <paramref name="seed"/>.</summary>
    public Randomness(long seed) => Seed = seed;

    /// <summary>The seed that was given.</summary>
    public long Seed { get; }

    /// <summary>A seed for one purpose and index (a step or an epoch), for libtorch's generator.</summary>
    public long SeedFor(RandomPurpose purpose, long index = 0)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.ASCII.GetBytes($"{Seed}/{purpose}/{index}"), hash);
        return BitConverter.ToInt64(hash) & long.MaxValue;
    }

    /// <summary>A fresh sequence of random numbers for one purpose and index.</summary>
    public RandomSequence SequenceFor(RandomPurpose purpose, long index = 0) => new(SeedFor(purpose, index));
}
