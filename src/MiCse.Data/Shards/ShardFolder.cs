using System.Globalization;
using System.Runtime.Intrinsics;
using System.Text.Json;
using MiCse.Files;

namespace MiCse.Data.Shards;

/// <summary>
/// The folder that the tasks of a sharded encoding write: <c>plan.json</c>, and for each shard that is done <c>part-00003-of-00064.npy</c> with a <c>.json</c> beside it.
/// A part is done or it does not exist, whenever and however often its task is killed, started again or run twice.
/// </summary>
internal sealed class ShardFolder
{
    private const string PlanName = "plan.json";

    private ShardFolder(string path, ShardPlan plan) => (Path, Plan) = (path, plan);

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>What its tasks do.</summary>
    public ShardPlan Plan { get; }

    /// <summary>The widest vectors of this machine.</summary>
    public static string InstructionSet =>
        Vector512.IsHardwareAccelerated ? "512 bits" : Vector256.IsHardwareAccelerated ? "256 bits" : "128 bits";

    /// <summary>Opens a folder to put its parts together.</summary>
    /// <exception cref="DataFormatException">It is no such folder.</exception>
    public static ShardFolder Open(string path)
    {
        var plan = System.IO.Path.Combine(path, PlanName);
        return File.Exists(plan)
            ? new ShardFolder(path, ShardPlan.Read(plan))
            : throw new DataFormatException(path, null, Directory.Exists(path)
                ? $"has no {PlanName}, so it holds no shards; `micse encode --shards` makes one."
                : "there is no such folder.");
    }

    /// <summary>Opens a folder to write a part, or makes it: the first task that comes counts the texts and writes the plan.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="own">What this task was asked to do; rows and ranges are not known yet.</param>
    /// <param name="complete">Counts the texts and measures the ranges.</param>
    /// <exception cref="DataFormatException">The folder's plan is another one.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static ShardFolder Open(string path, ShardPlan own, Func<ShardPlan, ShardPlan> complete)
    {
        if (File.Exists(path))
        {
            throw new DataFormatException(path, null, "is a file; with --shards the output is a folder.");
        }

        var file = System.IO.Path.Combine(path, PlanName);
        if (!File.Exists(file))
        {
            var plan = complete(own);
            try
            {
                Directory.CreateDirectory(path);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw WriteFailure.Explain(path, failure);
            }

            FirstFile.Write(file, plan.ToJson());
        }

        // Also after writing it: another task may have been faster.
        var found = ShardPlan.Read(file);
        found.Require(own, file);
        return new ShardFolder(path, found);
    }

    /// <summary>The file of a part.</summary>
    public string PartPath(int shard) => System.IO.Path.Combine(Path, $"{Name(shard)}.npy");

    /// <summary>What is known of a part that is done and whole; null when it must be computed.</summary>
    /// <exception cref="IOException">The disk cannot be read.</exception>
    public ShardPart? Find(int shard, CancellationToken cancellationToken)
    {
        try
        {
            var part = JsonSerializer.Deserialize(File.ReadAllBytes(InfoPath(shard)), ShardJson.Default.ShardPart)!;
            return part.Plan == Plan.Checksum && part.Shard == shard && part.Rows == Plan.RowCount(shard)
                && Measure(shard, cancellationToken) == (part.Bytes, part.Checksum) ? part : null;
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Declares a part done; its file is in its place.</summary>
    /// <param name="part">What is known of it, but for length and checksum.</param>
    /// <param name="cancellationToken">Stops before it is declared.</param>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public ShardPart Finish(ShardPart part, CancellationToken cancellationToken)
    {
        var (bytes, checksum) = Measure(part.Shard, cancellationToken);
        var done = part with { Bytes = bytes, Checksum = checksum, Plan = Plan.Checksum };
        AtomicFile.Write(InfoPath(part.Shard), file => file.Write([.. JsonSerializer.SerializeToUtf8Bytes(done, ShardJson.Default.ShardPart), (byte)'\n']));
        return done;
    }

    /// <summary>The texts of a shard.</summary>
    /// <param name="shard">The shard, from 0.</param>
    /// <param name="files">Where the corpus lies now.</param>
    /// <exception cref="DataFormatException">A file has fewer rows than the plan says.</exception>
    public IEnumerable<string> ReadTexts(int shard, IReadOnlyList<string> files) =>
        Rows(Plan.FirstRow(shard), Plan.RowCount(shard), files, path => TextFile.ReadTexts(path, Plan.Options));

    /// <summary>Rows of the corpus; files before the first one are not read.</summary>
    /// <param name="first">The first row, from 0.</param>
    /// <param name="count">How many.</param>
    /// <param name="files">Where the corpus lies now.</param>
    /// <param name="read">Reads a file.</param>
    /// <exception cref="DataFormatException">A file has fewer rows than the plan says.</exception>
    public IEnumerable<T> Rows<T>(long first, long count, IReadOnlyList<string> files, Func<string, IEnumerable<T>> read)
    {
        foreach (var (file, path) in Plan.Corpus.Zip(files))
        {
            var (skip, take) = (first, Math.Min(count, file.Rows - first));
            if (take > 0)
            {
                var row = 0L;
                foreach (var value in read(path))
                {
                    if (row++ >= skip)
                    {
                        yield return value;
                    }

                    if (row == skip + take)
                    {
                        break;
                    }
                }

                if (row < skip + take)
                {
                    throw new DataFormatException(path, null, $"has {row} rows and had {file.Rows} when {PlanName} was made; restore it, or encode to another folder.");
                }

                count -= take;
            }

            first = Math.Max(0, first - file.Rows);
        }
    }

    /// <summary>Clears away what killed tasks left of parts that are done.</summary>
    public void Sweep()
    {
        foreach (var left in Directory.EnumerateFiles(Path, ".part-*", new EnumerationOptions { AttributesToSkip = 0 }).ToList())
        {
            try
            {
                // .part-00003-of-00064.npy.0123….tmp
                var target = System.IO.Path.GetFileName(left)[1..].Split('.');
                PendingPath.Create(System.IO.Path.GetFullPath(System.IO.Path.Combine(Path, $"{target[0]}.{target[1]}"))).Dispose();
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // A folder that cannot be written is as good.
            }
        }
    }

    private string InfoPath(int shard) => System.IO.Path.Combine(Path, $"{Name(shard)}.json");

    private string Name(int shard) => string.Create(CultureInfo.InvariantCulture, $"part-{shard:00000}-of-{Plan.Shards:00000}");

    private (long Bytes, string Checksum) Measure(int shard, CancellationToken cancellationToken)
    {
        using var reader = new PartReader(PartPath(shard), cancellationToken);
        reader.SkipRest();
        return (reader.Bytes, reader.Checksum);
    }
}
