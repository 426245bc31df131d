using System.Globalization;
using System.IO.Hashing;
using System.Text.Json;
using System.Text.Json.Serialization;
using MiCse.Files;

namespace MiCse.Data.Shards;

/// <summary>
/// What the tasks of a sharded encoding agree on. Shard I of N is the rows I·n/N to (I+1)·n/N of the corpus, so that the parts one after the other are what
/// one process writes.
/// </summary>
/// <param name="Version">Of the format.</param>
/// <param name="Corpus">The files, in their order.</param>
/// <param name="Column">The column that holds the texts; null for the usual one.</param>
/// <param name="NoHeader">Whether columns are numbers.</param>
/// <param name="Quoted">Whether fields may be quoted; null for what is usual in the format.</param>
/// <param name="Limit">The number of texts that were asked for; null for all.</param>
/// <param name="Rows">The number of texts.</param>
/// <param name="Shards">The number of shards.</param>
/// <param name="Encoding">How a text becomes an embedding.</param>
internal sealed record ShardPlan(
    int Version, IReadOnlyList<CorpusFile> Corpus, string? Column, bool NoHeader, bool? Quoted, long? Limit, long Rows, int Shards, EncodingRecipe Encoding)
{
    /// <summary>The version that is written and read.</summary>
    public const int CurrentVersion = 1;

    /// <summary>How the corpus is read.</summary>
    [JsonIgnore]
    public TextFileOptions Options => new() { Columns = Column is null ? [] : [Column], NoHeader = NoHeader, Quoting = Quoted };

    /// <summary>A hash of all that decides what is in a part.</summary>
    [JsonIgnore]
    public string Checksum => Convert.ToHexStringLower(XxHash128.Hash(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', Facts().Select(fact => $"{fact.Name} {fact.Value}")))));

    /// <exception cref="DataFormatException">It is no plan, or one of a later version.</exception>
    public static ShardPlan Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        try
        {
            var plan = JsonSerializer.Deserialize(bytes, ShardJson.Default.ShardPlan)!;
            if (plan.Version != CurrentVersion)
            {
                throw new DataFormatException(path, null, $"is of version {plan.Version}, known is {CurrentVersion}; use the program that wrote it, or another folder.");
            }

            plan.Encoding.ReadRanges();
            return plan.Shards >= 1 && plan.Encoding.Dimensions >= 1 && plan.Corpus.All(file => file.Rows >= 0) && plan.Corpus.Aggregate((Int128)0, (sum, file) => sum + file.Rows) == plan.Rows
                ? plan
                : throw new FormatException("its numbers do not go together");
        }
        catch (Exception failure) when (failure is JsonException or FormatException)
        {
            throw new DataFormatException(
                path, null, $"is not what `micse encode --shards` wrote: {(failure is JsonException json ? JsonFailure.Describe(json) : failure.Message.TrimEnd('.'))}; delete the folder and encode again.", failure);
        }
    }

    /// <summary>The file's content.</summary>
    public byte[] ToJson() => [.. JsonSerializer.SerializeToUtf8Bytes(this, ShardJson.Default.ShardPlan), (byte)'\n'];

    /// <summary>The row with which a shard begins; that of shard N is the number of rows.</summary>
    public long FirstRow(int shard) => (long)((Int128)shard * Rows / Shards);

    /// <summary>The number of rows of a shard.</summary>
    public long RowCount(int shard) => FirstRow(shard + 1) - FirstRow(shard);

    /// <summary>Refuses another plan.</summary>
    /// <param name="own">What this run was asked to do; its rows are not compared.</param>
    /// <param name="path">The plan's file, for the message.</param>
    /// <exception cref="DataFormatException">They differ; the sentence names the first difference.</exception>
    public void Require(ShardPlan own, string path)
    {
        foreach (var (planned, asked) in Facts().Zip(own.Facts()))
        {
            if (planned.Value != asked.Value)
            {
                throw new DataFormatException(
                    path, null, $"was made for {planned.Name} {planned.Value}, and this run has {asked.Value}; run it as the other shards, or write to another folder.");
            }
        }
    }

    private IEnumerable<(string Name, string Value)> Facts()
    {
        var culture = CultureInfo.InvariantCulture;
        yield return ("a number of shards of", Shards.ToString(culture));
        yield return ("the corpus", string.Join(", ", Corpus.Select(file => file.Describe())));
        yield return ("the column", Column ?? "by default");
        yield return ("columns", NoHeader ? "without a header" : "with a header, if the format has one");
        yield return ("fields", Quoted switch { null => "quoted as is usual", true => "that may be quoted", false => "that are not quoted" });
        yield return ("a limit of", Limit?.ToString(culture) ?? "none");
        yield return ("weights of checksum", Encoding.Weights);
        yield return ("the pooling", Encoding.Pooling);
        yield return ("the precision", Encoding.Precision);
        yield return ("texts of at most tokens", Encoding.MaxTokens.ToString(culture));
        yield return ("the dimensions", Encoding.Dimensions.ToString(culture));
        yield return ("embeddings", Encoding.Normalized ? "of length 1" : "of their own length");
        yield return ("the prompt", $"\"{Encoding.Prompt}\"");
        yield return ("the output type", Encoding.OutputType);
        yield return ("ranges of", Encoding.Calibration ?? "nothing");
        yield return ("an encoder of fingerprint", Encoding.Fingerprint);
    }
}

/// <summary>The JSON of the files in a folder of shards.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n", RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ShardPlan))]
[JsonSerializable(typeof(ShardPart))]
internal sealed partial class ShardJson : JsonSerializerContext;
