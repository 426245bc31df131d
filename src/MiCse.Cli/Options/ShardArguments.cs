using System.CommandLine;
using System.Globalization;
using MiCse.Cli.Terminal;
using MiCse.Training.Distributed;

namespace MiCse.Cli.Options;

/// <summary>Which part of a corpus this command encodes, among many that encode the others.</summary>
internal sealed class ShardArguments
{
    /// <summary>More files than this in a folder serve nobody.</summary>
    private const int MostShards = 100_000;

    // Grid Engine counts from 1, and says "undefined" to a task of no array.
    private static readonly (string Name, int First)[] s_variables =
        [("SLURM_ARRAY_TASK_ID", 0), ("JOB_COMPLETION_INDEX", 0), ("AWS_BATCH_JOB_ARRAY_INDEX", 0), ("SGE_TASK_ID", 1)];

    /// <summary>The number of shards.</summary>
    public Option<int?> Shards { get; } = Number.Optional(
        "--shards",
        "Encode one of this many parts of the corpus, for many machines to share it; --output is a folder, whose parts `micse merge` puts together.",
        new NumberRange<int>(1, MostShards));

    /// <summary>Which one.</summary>
    public Option<int?> Shard { get; } = Number.Optional(
        "--shard",
        $"The part to encode, from 0 (default: the number that Slurm, Kubernetes, AWS Batch or Grid Engine gives a task of an array: {string.Join(", ", s_variables.Select(variable => variable.Name))}).",
        0);

    /// <summary>The options, in the order of the help page.</summary>
    public IReadOnlyList<Option> All => [Shards, Shard];

    /// <summary>The shard that this command is to encode.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="variable">The environment.</param>
    /// <exception cref="UsageException">It is not said, said twice differently, or there are not so many.</exception>
    public int NumberOf(ParseResult arguments, Func<string, string?> variable)
    {
        var shards = arguments.GetValue(Shards)!.Value;
        var (name, shard) = arguments.GetValue(Shard) is { } given ? (Shard.Name, given) : OfEnvironment(variable);
        return shard < shards
            ? shard
            : throw new UsageException($"{name} says shard {shard}, but with {Shards.Name} {shards} the last shard is {shards - 1}; start as many tasks as there are shards, numbered from 0 (Grid Engine: from 1).");
    }

    /// <summary>Refuses to encode everything once in each process that a launcher of MPI has started.</summary>
    /// <param name="variable">The environment.</param>
    /// <exception cref="UsageException">There are others.</exception>
    public void RequireOneProcess(Func<string, string?> variable)
    {
        if (Mpi.CountOfLauncher(variable) is > 1 and var processes)
        {
            throw new UsageException(
                $"{processes} processes were started together, and each would encode all texts: give {Shards.Name} {processes}, and to each its own {Shard.Name}, from 0 (after mpirun: $OMPI_COMM_WORLD_RANK), or start one process.");
        }
    }

    private (string Name, int Shard) OfEnvironment(Func<string, string?> variable)
    {
        var found = s_variables.Select(known => (known.Name, known.First, Value: variable(known.Name)))
            .Where(known => known.Value is { Length: > 0 } value && !(known.Name == "SGE_TASK_ID" && value == "undefined")).ToList();
        if (found.Count == 0)
        {
            throw new UsageException($"{Shards.Name}: which shard is to be encoded? Give {Shard.Name}, or run this as a task of an array, which has its number in {string.Join(", ", s_variables.Select(known => known.Name))}.");
        }

        var numbers = found.ConvertAll(known => int.TryParse(known.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= known.First
            ? (known.Name, Shard: number - known.First)
            : throw new UsageException($"{known.Name}: expected the number of a task, found '{known.Value}'; give {Shard.Name}."));
        return numbers.TrueForAll(known => known.Shard == numbers[0].Shard)
            ? numbers[0]
            : throw new UsageException($"{numbers[0].Name} says shard {numbers[0].Shard}, and {numbers.First(known => known.Shard != numbers[0].Shard).Name} another; give {Shard.Name}.");
    }
}
