using System.Text;

namespace MiCse.Tokenization.Text;

/// <summary>
/// Puts texts into a normal form: decomposition, canonical order, composition (Unicode standard, section 3.11 and annex 15). The string.Normalize of
/// .NET leaves all text outside ASCII as it is under invariant globalization.
/// </summary>
internal static class Normalization
{
    /// <summary>Appends a text in a normal form; lone surrogates count as U+FFFD.</summary>
    public static void Append(ReadOnlySpan<char> text, NormalForm form, ref PooledBuffer<char> result)
    {
        var codePoints = new PooledBuffer<int>(64);
        try
        {
            while (!text.IsEmpty)
            {
                // ASCII stays as it is, but the last character of a run may compose with what comes after it.
                var ascii = text.IndexOfAnyExceptInRange('\0', '\x7F');
                if (ascii < 0)
                {
                    result.AddRange(text);
                    return;
                }

                var start = Math.Max(ascii - 1, 0);
                result.AddRange(text[..start]);
                var length = text[ascii..].IndexOfAnyInRange('\0', '\x7F');
                var end = length < 0 ? text.Length : ascii + length;
                AppendSegment(text[start..end], form, ref codePoints, ref result);
                text = text[end..];
            }
        }
        finally
        {
            codePoints.Dispose();
        }
    }

    /// <summary>Nothing outside the segment can change what becomes of it.</summary>
    private static void AppendSegment(ReadOnlySpan<char> text, NormalForm form, ref PooledBuffer<int> codePoints, ref PooledBuffer<char> result)
    {
        codePoints.Count = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var parts = form is NormalForm.Nfc or NormalForm.Nfd ? Decompositions.Canonical(rune.Value) : Decompositions.Compatibility(rune.Value);
            if (parts is null)
            {
                codePoints.Add(rune.Value);
            }
            else
            {
                codePoints.AddRange(parts);
            }
        }

        Order(codePoints.Items);
        if (form is NormalForm.Nfc or NormalForm.Nfkc)
        {
            codePoints.Count = Compose(codePoints.Items);
        }

        foreach (var codePoint in codePoints.Items)
        {
            var rune = new Rune(codePoint);
            rune.EncodeToUtf16(result.Extend(rune.Utf16SequenceLength));
        }
    }

    /// <summary>Sorts every run of code points that are no starters by combining class; equal ones stay in order.</summary>
    private static void Order(Span<int> codePoints)
    {
        var (start, lastClass, unordered) = (0, 0, false);
        for (var index = 0; index < codePoints.Length; index++)
        {
            var combiningClass = Decompositions.ClassOf(codePoints[index]);
            if (combiningClass == 0)
            {
                End(codePoints[start..index], unordered);
                (start, unordered) = (index + 1, false);
            }

            unordered |= combiningClass != 0 && combiningClass < lastClass;
            lastClass = combiningClass;
        }

        End(codePoints[start..], unordered);

        static void End(Span<int> run, bool unordered)
        {
            if (unordered)
            {
                run.ToArray().OrderBy(Decompositions.ClassOf).ToArray().CopyTo(run);
            }
        }
    }

    /// <summary>Composes in place and returns how many code points are left.</summary>
    private static int Compose(Span<int> codePoints)
    {
        var (starter, lastClass, count) = (-1, 0, 0);
        foreach (var codePoint in codePoints)
        {
            // A code point is blocked from the starter by one in between that is a starter or has its class or a higher one.
            var combiningClass = Decompositions.ClassOf(codePoint);
            if (starter >= 0 && (count == starter + 1 || lastClass < combiningClass)
                && Decompositions.TryCompose(codePoints[starter], codePoint, out var composed))
            {
                codePoints[starter] = composed;
                continue;
            }

            starter = combiningClass == 0 ? count : starter;
            lastClass = combiningClass;
            codePoints[count++] = codePoint;
        }

        return count;
    }
}
