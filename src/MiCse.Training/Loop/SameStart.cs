using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using MiCse.Files;
using MiCse.Tensors;
using MiCse.Training.Distributed;

namespace MiCse.Training.Loop;

/// <summary>Refuses ranks that would not train the same thing: another program, other options, data, model or weights.</summary>
internal static class SameStart
{
    /// <summary>Compares what all ranks start with.</summary>
    /// <param name="ranks">Who takes part.</param>
    /// <param name="plan">A <see cref="TrainingPlan"/> as JSON.</param>
    /// <param name="saveEvery">When rank 0 saves, and the others wait for it.</param>
    /// <param name="weights">The weights before the first step.</param>
    /// <exception cref="RankFailureException">A rank differs from rank 0.</exception>
    public static void Require(ICollective ranks, JsonObject plan, int saveEvery, IEnumerable<Tensor> weights)
    {
        var own = plan.DeepClone().AsObject();
        own["Program"] = $"MiCse {ProgramVersion.Current} with libtorch {TorchSharp.torch.__version__}";
        own["StepsBetweenCheckpoints"] = saveEvery;
        own["StartingWeights"] = Hash(weights);
        var first = (JsonObject)JsonNode.Parse(ranks.FromFirst(Encoding.UTF8.GetBytes(own.ToJsonString(JsonFile.Indented))))!;
        ranks.Together(() =>
        {
            var differences = TrainingPlan.Differences(first, (JsonObject)JsonNode.Parse(own.ToJsonString(JsonFile.Indented))!, extensible: [], "here");
            if (differences.Count > 0)
            {
                throw new ArgumentException($"has not started with what the first process has, and they cannot share a training: {string.Join("; ", differences)}.");
            }
        });
    }

    private static string Hash(IEnumerable<Tensor> weights)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var weight in weights)
        {
            hash.AppendData(MemoryMarshal.AsBytes(weight.ToSingles().AsSpan()));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
