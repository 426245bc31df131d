namespace MiCse.Inference.Layers;

/// <summary>Receives the attention maps of a text while an engine computes its token states: probabilities after softmax.</summary>
internal sealed class AttentionMaps
{
    private float[][] _layers = [];

    /// <summary>Layers that were computed; 0 when the engine has no attention, or does not show it.</summary>
    public int Layers => _layers.Length;

    /// <summary>Heads of a layer.</summary>
    public int Heads { get; private set; }

    /// <summary>Tokens of the text.</summary>
    public int Tokens { get; private set; }

    /// <summary>Makes room, all of it 0.</summary>
    public void Reserve(int layers, int heads, int tokens)
    {
        (Heads, Tokens) = (heads, tokens);
        _layers = [.. Enumerable.Range(0, layers).Select(_ => new float[heads * tokens * tokens])];
    }

    /// <summary>One map: [query, key].</summary>
    public Span<float> Map(int layer, int head) => _layers[layer].AsSpan(head * Tokens * Tokens, Tokens * Tokens);

    /// <summary>What a query attends to: [key].</summary>
    public Span<float> Row(int layer, int head, int query) => Map(layer, head).Slice(query * Tokens, Tokens);
}
