using TorchSharp;

namespace MiCse.Training.Model;

/// <summary>Puts modules under their dotted checkpoint names, which then are the names of the state dict.</summary>
internal static class StateDict
{
    /// <summary>Registers a module below a root, creating the branches between them.</summary>
    /// <param name="root">Where the name starts.</param>
    /// <param name="name">For example <c>encoder.layer.0.attention.self.query</c>.</param>
    /// <param name="leaf">A module that owns parameters.</param>
    public static void Register(torch.nn.Module root, string name, torch.nn.Module leaf)
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

    private sealed class Branch(string name) : torch.nn.Module(name);
}
