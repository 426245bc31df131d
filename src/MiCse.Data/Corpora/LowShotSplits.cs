using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MiCse.Files;
using MiCse.Numerics;

namespace MiCse.Data.Corpora;

/// <summary>
/// Draws small training sets of several sizes and seeds, as in the low-shot study of the miCSE paper. For one seed every smaller set is the
/// beginning of the larger ones. The draw can be repeated anywhere: text i (from 0, empty ones not counted) gets the i-th number of
/// <see cref="RandomSequence"/> (SplitMix64) started at the seed; sorted by these numbers, the first N texts are the set of size N.
/// A text that is there several times can be drawn several times. A line break inside a text (and the blanks around it) becomes one space, as a
/// text is one line of the file.
/// </summary>
internal static class LowShotSplits
{
    private static readonly UTF8Encoding StrictEncoding = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Writes a folder with a file <c>{name}_subset_{size}_seed{seed}.txt</c> for every size and seed; sizes have at least four digits.</summary>
    /// <param name="folder">The folder to make; it may be there when it is empty.</param>
    /// <param name="name">How the names of the files start.</param>
    /// <param name="texts">What to draw from; enumerated once, and only texts that may be drawn are kept in memory.</param>
    /// <param name="source">What messages call it.</param>
    /// <param name="sizes">How many texts, each at least 1; repeated sizes count once.</param>
    /// <param name="seeds">The seeds; repeated seeds count once.</param>
    /// <param name="progress">Told the number of texts seen.</param>
    /// <param name="cancellationToken">Looked at before every text.</param>
    /// <exception cref="ArgumentException">No size or no seed, a size below 1, or a name that is none of a file.</exception>
    /// <exception cref="DataFormatException">There are fewer texts than the largest size, or the texts cannot be read.</exception>
    /// <exception cref="IOException">There are files in the folder already, or it cannot be written; nothing is left.</exception>
    public static LowShotResult Write(
        string folder,
        string name,
        IEnumerable<string> texts,
        string source,
        IReadOnlyCollection<int> sizes,
        IReadOnlyCollection<long> seeds,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        int[] ordered = [.. sizes.Distinct().Order()];
        if (ordered.Length == 0 || seeds.Count == 0)
        {
            throw new ArgumentException("A split needs at least one size and one seed.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(ordered[0], 1, nameof(sizes));
        if (name is "" || name.AsSpan().IndexOfAny('/', '\\', '\0') >= 0)
        {
            throw new ArgumentException($"'{name}' cannot start the name of a file.", nameof(name));
        }

        var draw = Draw(texts, source, ordered[^1], seeds, progress, cancellationToken);
        var splits = new List<LowShotSplit>();
        var drawn = draw.Drawn.Select(sample => (sample.Seed, Lines: Lines(sample.Texts))).ToArray();
        AtomicFolder.Write(folder, target =>
        {
            foreach (var size in ordered)
            {
                foreach (var (seed, lines) in drawn)
                {
                    var file = FileName(name, size, seed);
                    byte[] content = [.. lines.Take(size).SelectMany(line => line)];
                    File.WriteAllBytes(Path.Combine(target, file), content);
                    splits.Add(new LowShotSplit(file, size, seed, Convert.ToHexStringLower(SHA256.HashData(content))));
                }
            }
        });
        return new LowShotResult(draw.Texts, draw.Skipped, splits);
    }

    /// <summary>Draws the largest set of every seed; its first texts are the smaller ones.</summary>
    /// <exception cref="DataFormatException">There are fewer texts than <paramref name="size"/>, or the texts cannot be read.</exception>
    internal static (long Texts, long Skipped, IReadOnlyList<(long Seed, IReadOnlyList<string> Texts)> Drawn) Draw(
        IEnumerable<string> texts,
        string source,
        int size,
        IEnumerable<long> seeds,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default)
    {
        var samples = seeds.Distinct().Select(seed => (Seed: seed, Sample: new LowShotSample(seed, size))).ToArray();
        var (count, skipped) = (0L, 0L);
        foreach (var text in texts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            progress?.Report(count);
            if (string.IsNullOrWhiteSpace(text))
            {
                skipped++;
                continue;
            }

            count++;
            foreach (var (_, sample) in samples)
            {
                sample.Offer(text);
            }
        }

        return count >= size
            ? (count, skipped, [.. samples.Select(sample => (sample.Seed, (IReadOnlyList<string>)[.. sample.Sample.Texts().Select(OnOneLine)]))])
            : throw new DataFormatException(
                source, null, string.Create(CultureInfo.InvariantCulture, $"has {count:N0} texts, but a split of {size:N0} is asked for."));
    }

    /// <summary>"wiki_subset_0064_seed48.txt".</summary>
    internal static string FileName(string name, int size, long seed) =>
        string.Create(CultureInfo.InvariantCulture, $"{name}_subset_{size:D4}_seed{seed}.txt");

    private static byte[][] Lines(IEnumerable<string> texts) => [.. texts.Select(text => StrictEncoding.GetBytes(text + "\n"))];

    private static string OnOneLine(string text) => text.AsSpan().IndexOfAny('\n', '\r') < 0
        ? text
        : string.Join(' ', text.Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}

/// <summary>What <see cref="LowShotSplits"/> read and wrote.</summary>
/// <param name="Texts">Texts that were drawn from.</param>
/// <param name="Skipped">Texts that were empty or white space alone, which are no texts to train on.</param>
/// <param name="Splits">The files: by size, then by seed.</param>
internal sealed record LowShotResult(long Texts, long Skipped, IReadOnlyList<LowShotSplit> Splits);

/// <summary>One file of <see cref="LowShotSplits"/>.</summary>
/// <param name="File">Its name in the folder, as in <c>wiki_subset_0064_seed48.txt</c>.</param>
/// <param name="Size">Texts in it, one a line.</param>
/// <param name="Seed">The seed it was drawn with.</param>
/// <param name="Sha256">SHA-256 of the file in lower-case hexadecimal.</param>
internal sealed record LowShotSplit(string File, int Size, long Seed, string Sha256);
