using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.CompilerServices;
using MiCse.Models;

namespace MiCse.Inference.Layers;

/// <summary>Turns queries and keys by their positions (<see cref="RotaryPositions"/>). Thread-safe.</summary>
/// <param name="positions">By which angles.</param>
/// <param name="heads">Heads of a layer.</param>
/// <param name="size">Dimensions of a head, even.</param>
internal sealed unsafe class Rotation(RotaryPositions positions, int heads, int size)
{
    // Lengths that change the base are seen seldom, and each has a table of its own: these are forgotten from time to time.
    private const int MostTables = 16;

    private readonly ConcurrentDictionary<double, float[]> _tables = []; // by base: of each position, cosines [size / 2] and sines [size / 2]

    /// <summary>The operation that turns the rows of a batch, in their first heads · size dimensions.</summary>
    /// <param name="layer">0-based.</param>
    /// <param name="batch">The texts.</param>
    /// <param name="firstOnly">Whether a row is the first token of a text, else any token.</param>
    public RowOperation Of(int layer, TransformerInput batch, bool firstOnly)
    {
        var tables = new float[batch.Count][];
        for (var text = 0; text < tables.Length; text++)
        {
            tables[text] = Table(layer, batch.Length(text));
        }

        return (values, row) =>
        {
            var text = firstOnly ? row : batch.TextOf(row);
            var position = firstOnly ? 0 : row - batch.Starts[text];
            Turn(values[..(heads * size)], tables[text].AsSpan(position * size, size));
        };
    }

    private float[] Table(int layer, int tokens)
    {
        var rotaryBase = positions.BaseFor(layer, tokens, size);
        if (_tables.TryGetValue(rotaryBase, out var known) && known.Length >= tokens * size)
        {
            return known;
        }

        if (_tables.Count >= MostTables)
        {
            _tables.Clear();
        }

        return _tables[rotaryBase] = Compute(positions.Frequencies(layer, tokens, size), (int)BitOperations.RoundUpToPowerOf2((uint)tokens));
    }

    private static float[] Compute(float[] frequencies, int count)
    {
        var half = frequencies.Length;
        var table = new float[count * 2 * half];
        for (var position = 0; position < count; position++)
        {
            for (var c = 0; c < half; c++)
            {
                var (sine, cosine) = Math.SinCos(position * frequencies[c]); // the angle is a float32
                table[position * 2 * half + c] = (float)cosine;
                table[position * 2 * half + half + c] = (float)sine;
            }
        }

        return table;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Turn(Span<float> values, ReadOnlySpan<float> angles)
    {
        var (size, half, lanes) = (angles.Length, angles.Length / 2, Vector<float>.Count);
        fixed (float* start = values, cosines = angles)
        {
            var sines = cosines + half;
            for (var head = start; head < start + values.Length; head += size)
            {
                var c = 0;
                for (; c <= half - lanes; c += lanes)
                {
                    var (cosine, sine) = (Vector.Load(cosines + c), Vector.Load(sines + c));
                    var (a, b) = (Vector.Load(head + c), Vector.Load(head + half + c));
                    (a * cosine - b * sine).Store(head + c);
                    (b * cosine + a * sine).Store(head + half + c);
                }

                for (; c < half; c++)
                {
                    var (a, b) = (head[c], head[half + c]);
                    head[c] = a * cosines[c] - b * sines[c];
                    head[half + c] = b * cosines[c] + a * sines[c];
                }
            }
        }
    }
}
