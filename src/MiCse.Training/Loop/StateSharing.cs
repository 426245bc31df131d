using System.Runtime.InteropServices;
using MiCse.Training.Distributed;
using MiCse.Training.Model;
using MiCse.Training.Optimization;

namespace MiCse.Training.Loop;

/// <summary>Gives all ranks what rank 0 has read from a checkpoint or measured, so that no other needs to reach the output folder.</summary>
internal static class StateSharing
{
    /// <summary>What rank 0 has; null when that is null.</summary>
    public static T? FromFirst<T>(ICollective ranks, T? value)
        where T : class
    {
        if (ranks.Count == 1)
        {
            return value;
        }

        using var json = new MemoryStream();
        if (ranks.Rank == 0 && value is not null)
        {
            TrainingJson.Write(json, value);
        }

        var bytes = ranks.FromFirst(json.ToArray());
        return ranks.Rank == 0 ? value : bytes.Length == 0 ? null : TrainingJson.Read<T>(bytes);
    }

    /// <summary>Rank 0's weights and moments.</summary>
    /// <param name="ranks">Who takes part.</param>
    /// <param name="model">What is trained.</param>
    /// <param name="optimizer">Its optimizer.</param>
    /// <param name="steps">The steps that were taken.</param>
    public static void FromFirst(ICollective ranks, TrainableModel model, AdamW optimizer, int steps)
    {
        foreach (var (_, parameter) in model.All)
        {
            var values = HostMemory.ToArray(parameter);
            ranks.Broadcast(MemoryMarshal.AsBytes(values.AsSpan()));
            HostMemory.Fill(parameter, values.CopyTo);
        }

        var moments = new Dictionary<string, float[]>();
        foreach (var (name, values) in optimizer.State)
        {
            float[] copy = [.. values];
            ranks.Broadcast(MemoryMarshal.AsBytes(copy.AsSpan()));
            moments.Add(name, copy);
        }

        optimizer.Resume(steps, moments);
    }
}
