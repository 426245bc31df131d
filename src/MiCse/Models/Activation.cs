namespace MiCse.Models;

/// <summary>Activations.</summary>
internal enum Activation
{
    /// <summary>x · Φ(x), by the error function.</summary>
    Gelu,

    /// <summary>x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))</summary>
    GeluTanh,

    /// <summary>x · sigmoid(x)</summary>
    Silu,

    /// <summary>max(x, 0)</summary>
    Relu,
}

/// <summary>How config.json spells activations.</summary>
internal static class ActivationNames
{
    // The first spelling of an activation is the one that is written.
    private static readonly (string Name, Activation Activation)[] Table =
    [
        ("gelu", Activation.Gelu),
        ("gelu_new", Activation.GeluTanh),
        ("gelu_pytorch_tanh", Activation.GeluTanh),
        ("gelu_fast", Activation.GeluTanh),
        ("silu", Activation.Silu),
        ("swish", Activation.Silu),
        ("relu", Activation.Relu),
    ];

    /// <summary>All spellings.</summary>
    public static IEnumerable<string> All => Table.Select(row => row.Name);

    /// <summary>The usual spelling of an activation.</summary>
    public static string Spelling(this Activation activation) => Table.First(row => row.Activation == activation).Name;

    /// <summary>The activation of a spelling; case matters.</summary>
    public static bool TryParse(string name, out Activation activation)
    {
        var index = Array.FindIndex(Table, row => row.Name == name);
        activation = index < 0 ? default : Table[index].Activation;
        return index >= 0;
    }
}
