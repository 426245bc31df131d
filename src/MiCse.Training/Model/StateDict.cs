using MiCse.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MiCse.Training.Model;

/// <summary>Puts modules under their dotted checkpoint names, which then are the names of the state dict.</summary>
internal static class StateDict
{
    /// <summary>Registers a module below a root, creating the branches between them.</summary>
    /// <param name="root">Where the name starts.</param>
    /// <param name="name">For example <c>encoder.layer.0.attention.self.query</c>.</param>
    /// <param name="leaf">A module that owns parameters.</param>
    public static void Register(nn.Module root, string name, nn.Module leaf)
    {
        var segments = name.Split('.');
        foreach (var segment in segments[..^1])
        {
            var branch = root.named_children().FirstOrDefault(child => child.name == segment).module;
            if (branch is null)
            {
                branch = new Branch(segment);
                root.register_module(segment, branch);
            }

            root = branch;
        }

        root.register_module(segments[^1], leaf);
    }

    /// <summary>Registers a table with fresh weights from N(0, <see cref="EncoderShape.InitializerRange"/>²).</summary>
    /// <param name="root">Where the name starts.</param>
    /// <param name="weight">The name of its weight.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="size">Dimensions of a row.</param>
    /// <param name="padding">A row that is zero and not trained; null for none.</param>
    /// <param name="config">The encoder's shape.</param>
    public static Embedding Table(nn.Module root, string weight, int rows, int size, int? padding, EncoderShape config)
    {
        var table = nn.Embedding(rows, size, padding_idx: padding);
        using (NewDisposeScope())
        using (no_grad())
        {
            table.weight!.normal_(0, config.InitializerRange);
            if (padding is { } row)
            {
                table.weight[row].zero_();
            }
        }

        Register(root, weight[..weight.LastIndexOf('.')], table);
        return table;
    }

    private sealed class Branch(string name) : nn.Module(name);
}
