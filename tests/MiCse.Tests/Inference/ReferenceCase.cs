using System.Runtime.InteropServices;
using MiCse.Checkpoints;

namespace MiCse.Tests.Inference;

/// <summary>One batch of golden encoder outputs: tests/Fixtures/{bert,roberta}-random/cases.safetensors.</summary>
internal sealed class ReferenceCase : IDisposable
{
    private readonly Checkpoint _file;
    private readonly string _prefix;

    private ReferenceCase(Checkpoint file, string prefix)
    {
        _file = file;
        _prefix = prefix;
        (Batch, Tokens) = ((int)file.Tensors[prefix + "input_ids"].Shape[0], (int)file.Tensors[prefix + "input_ids"].Shape[1]);
        Ids = Integers("input_ids");
        Mask = Integers("attention_mask");
        Types = Integers("token_type_ids");
    }

    /// <summary>Model folder and case, for xunit.</summary>
    public static TheoryData<string, int> All
    {
        get
        {
            var all = new TheoryData<string, int>();
            foreach (var model in new[] { "bert-random", "roberta-random" })
            {
                for (var index = 0; index < 4; index++)
                {
                    all.Add(model, index);
                }
            }

            return all;
        }
    }

    public int Batch { get; }

    public int Tokens { get; }

    public int[] Ids { get; }

    public int[] Mask { get; }

    public int[] Types { get; }

    public static ReferenceCase Open(string model, int index) =>
        new(Checkpoint.Open(Fixture.Path(model, "cases.safetensors")), $"case{index}.");

    public float[] Singles(string name) => _file.Tensors[_prefix + name].ToSingles();

    public double[] Doubles(string name) => MemoryMarshal.Cast<byte, double>(_file.Tensors[_prefix + name].Bytes).ToArray();

    /// <summary>One sequence of the batch: ids, mask, token types.</summary>
    public (int[] Ids, int[] Mask, int[] Types) Sequence(int row)
    {
        var range = (row * Tokens)..((row + 1) * Tokens);
        return (Ids[range], Mask[range], Types[range]);
    }

    public void Dispose() => _file.Dispose();

    private int[] Integers(string name) =>
        Array.ConvertAll(MemoryMarshal.Cast<byte, long>(_file.Tensors[_prefix + name].Bytes).ToArray(), x => (int)x);
}
