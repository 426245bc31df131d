using System.Globalization;
using MiCse.Data;
using MiCse.Data.Corpora;
using MiCse.Files;
using MiCse.Training.Batches;

namespace MiCse.Training.LowShot;

/// <summary>The sentences of every number of shots and seed, in memory. Immutable and thread-safe.</summary>
public sealed class LowShotData
{
    private readonly Dictionary<(int Shots, long Seed), SentenceCorpus> _corpora;

    private LowShotData(string path, Dictionary<(int Shots, long Seed), SentenceCorpus> corpora)
    {
        Name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        _corpora = corpora;
    }

    /// <summary>The name of the file or folder.</summary>
    public string Name { get; }

    /// <summary>The sentences of a cell.</summary>
    /// <exception cref="KeyNotFoundException">They were not asked for when the data was opened.</exception>
    internal SentenceCorpus this[int shots, long seed] => _corpora.TryGetValue((shots, seed), out var corpus)
        ? corpus
        : throw new KeyNotFoundException($"{Name} was opened without {shots} sentences of seed {seed}.");

    /// <summary>
    /// Reads what a study needs. From a file of sentences the sets are drawn as <see cref="LowShotSplits"/> does; a folder holds sets that were drawn
    /// before, in files named <c>wiki_subset_0064_seed48.txt</c>.
    /// </summary>
    /// <param name="path">A file as <see cref="TextFile"/> reads it, or the folder.</param>
    /// <param name="shots">Numbers of sentences, each at least 1.</param>
    /// <param name="seeds">Seeds.</param>
    /// <param name="options">The column of a file, at most one.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DataFormatException">
    /// The file has fewer sentences than are asked for, or the folder lacks a set, or one holds another number of sentences than it is named for.
    /// </exception>
    public static LowShotData Open(
        string path,
        IReadOnlyCollection<int> shots,
        IReadOnlyCollection<long> seeds,
        TextFileOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(shots);
        ArgumentNullException.ThrowIfNull(seeds);
        return new LowShotData(
            path,
            Directory.Exists(path) ? FromFolder(path, shots, seeds, cancellationToken) : FromFile(path, shots, seeds, options, cancellationToken));
    }

    private static Dictionary<(int Shots, long Seed), SentenceCorpus> FromFile(
        string path, IReadOnlyCollection<int> shots, IReadOnlyCollection<long> seeds, TextFileOptions? options, CancellationToken cancellationToken)
    {
        var name = Path.GetFileName(path);
        var draw = LowShotSplits.Draw(TextFile.ReadTexts(path, options), path, shots.Max(), seeds, null, cancellationToken);
        return Pairs(shots, draw.Drawn.Select(sample => sample.Seed)).ToDictionary(pair => pair, pair =>
        {
            var texts = draw.Drawn.Single(sample => sample.Seed == pair.Seed).Texts;
            return new SentenceCorpus(
                LowShotSplits.FileName(name, pair.Shots, pair.Seed),
                [.. texts.Take(pair.Shots).Select(text => new TrainingExample(text, text, null))]);
        });
    }

    private static Dictionary<(int Shots, long Seed), SentenceCorpus> FromFolder(
        string folder, IReadOnlyCollection<int> shots, IReadOnlyCollection<long> seeds, CancellationToken cancellationToken) =>
        Pairs(shots, seeds.Distinct()).ToDictionary(pair => pair, pair =>
        {
            var file = FindFile(folder, pair.Shots, pair.Seed);
            var corpus = SentenceCorpus.Load(file, null, cancellationToken);
            return corpus.Examples.Count == pair.Shots
                ? corpus
                : throw new DataFormatException(
                    file, null, string.Create(CultureInfo.InvariantCulture, $"holds {corpus.Examples.Count:N0} sentences, but its name says {pair.Shots:N0}."));
        });

    private static string FindFile(string folder, int shots, long seed)
    {
        var pattern = LowShotSplits.FileName("*", shots, seed);
        return Directory.GetFiles(folder, pattern).Order(StringComparer.Ordinal).ToArray() switch
        {
            [var file] => file,
            [] => throw new DataFormatException(
                folder, null, $"there is no file {pattern} for {shots} sentences of seed {seed}; `micse split` draws such files, or give the file to draw from."),
            [var first, var second, ..] => throw new DataFormatException(
                folder, null, $"{Path.GetFileName(first)} and {Path.GetFileName(second)} are both for {shots} sentences of seed {seed}; keep one."),
        };
    }

    private static IEnumerable<(int Shots, long Seed)> Pairs(IEnumerable<int> shots, IEnumerable<long> seeds) =>
        from number in shots.Distinct()
        from seed in seeds
        select (number, seed);
}
