using MiCse.EncodingSpeed.Contestants;
using MiCse.EncodingSpeed.Measures;

namespace MiCse.EncodingSpeed.Report;

/// <summary>What this project set out to reach, in sentences a second where nothing else is said.</summary>
internal static class Goals
{
    public static IReadOnlyList<Goal> Of(ShapeResults large, TokenizerSpeed tokenizer, double coldStart, CommandRun wholeFile)
    {
        var (float32, int8) = (large[Names.OwnFloat32]!, large[Names.OwnInt8]!);
        var (floatShare, int8Share) = (large.ShareOfPeak(float32, large.Peak.Float32), large.ShareOfPeak(int8, large.Peak.Int8));
        var noRoom = FormattableString.Invariant(
            $"float32 runs at {100 * floatShare:0} % of what the largest products reach here, so that there is little left to win");
        var notInBytes = FormattableString.Invariant(
            $"int8 runs at {100 * int8Share:0} % of the peak of bytes: attention, normalisation, activations and the rounding of hidden states are float32 work");
        return
        [
            Speed("float32 against (c)", 1.6, float32, Names.LibTorch, noRoom),
            Speed("float32 against (b)", 1.12, float32, Names.Sorted, noRoom),
            Speed("float32 against (d) fp32", 1.3, float32, Names.TransformersFloat32, noRoom),
            Speed("int8 against own float32", 2.8, int8, Names.OwnFloat32, notInBytes),
            Speed("int8 against (c)", 4.5, int8, Names.LibTorch, notInBytes),
            new("padding, share of computed tokens", 0.03, false, float32.PaddingShare, "0.0 %", "texts share batches as rows of different lengths"),
            new("float32, share of the measured peak", 0.60, true, floatShare, "0.00", "what lies between products runs at the speed of memory"),
            new("int8, share of the measured peak", 0.45, true, int8Share, "0.00", notInBytes),
            new("one short text, int8: time against (b)", 0.6, false,
                large[Names.Sorted] is { } sorted ? int8.LatencyAgainst(sorted) : null, "0.00",
                "of nine tokens little is products; the many small operators that round hidden states wait for each other"),
            new("tokenizer, M tokens/s on one core", 8, true, tokenizer.Own / 1e6, "0.0", "looking up pieces waits for memory"),
            new($"encoding to .npy with {ModelSource.BuiltIn}, peak resident MB", 600, false, wholeFile.PeakBytes / 1e6, "0", "packed weights and the texts of three windows"),
            new("`./micse similarity A B`, seconds on the wall", 0.35, false, coldStart, "0.00",
                "starting .NET takes half of it"),
        ];

        Goal Speed(string what, double limit, Result mine, string other, string inTheWay) =>
            new(what, limit, true, large[other] is { } theirs ? mine.SpeedAgainst(theirs) : null, "0.00", inTheWay);
    }
}
