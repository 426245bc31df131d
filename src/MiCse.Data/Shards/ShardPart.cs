namespace MiCse.Data.Shards;

/// <summary>What the file beside a part says: it is written last, so that a part without it is not done.</summary>
/// <param name="Plan">Checksum of the plan.</param>
/// <param name="Shard">The shard, from 0.</param>
/// <param name="FirstRow">The first row of the corpus in it, from 0.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Tokens">Tokens of its texts, special tokens included.</param>
/// <param name="Truncated">Texts that were cut to the model's length.</param>
/// <param name="Bytes">Length of the part.</param>
/// <param name="Checksum">XXH3 (64 bits) of the part.</param>
/// <param name="InstructionSet">The widest vectors of the machine that computed it: other machines may round the last digit of float32 products otherwise.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Host">Where it was computed.</param>
internal sealed record ShardPart(
    string Plan, int Shard, long FirstRow, long Rows, long Tokens, long Truncated, long Bytes, string Checksum, string InstructionSet, double Seconds, string Host);
