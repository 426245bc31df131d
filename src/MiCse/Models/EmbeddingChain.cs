namespace MiCse.Models;

/// <summary>
/// How hidden states become an embedding, for those who compute it: poolings, whose vectors stand side by side, then modules that change the vector, in
/// their order. It is what modules.json of sentence-transformers says after its first module.
/// </summary>
/// <param name="Poolings">The poolings, in the order of their vectors; none after a table of static embeddings, which is a mean already.</param>
/// <param name="Modules">What happens to the vector.</param>
internal sealed record EmbeddingChain(IReadOnlyList<Pooling> Poolings, IReadOnlyList<SentenceModule> Modules)
{
    /// <summary>Whether the positions of a prompt count in the pooling. The encoder sees them in any case.</summary>
    public bool IncludePrompt { get; init; } = true;

    /// <summary>Whether embeddings are scaled to length 1 at the end.</summary>
    public bool IsNormalized => Modules is [.., NormalizeModule];

    /// <summary>The weights of all modules: names and shapes.</summary>
    public IEnumerable<(string Name, long[] Shape)> Weights => Modules.SelectMany(module => module.Weights);

    /// <summary>Whether sentence-transformers can say it in its files.</summary>
    public bool IsKnownToSentenceTransformers => Poolings.All(pooling => pooling.IsKnownToSentenceTransformers())
        && Poolings.SequenceEqual(PoolingNames.Modes.Select(mode => mode.Pooling).Where(Poolings.Contains));

    /// <summary>One pooling, and the scaling to length 1 if wanted.</summary>
    public static EmbeddingChain Of(Pooling pooling, bool normalize = false) => new([pooling], normalize ? [new NormalizeModule()] : []);

    /// <summary>Length of the vector after the poolings.</summary>
    /// <param name="hidden">Dimensions of a hidden state.</param>
    public int PooledSize(int hidden) => Poolings.Count * hidden;

    /// <summary>Length of an embedding.</summary>
    /// <param name="size">Length of the vector before the modules.</param>
    /// <exception cref="ArgumentException">A module takes vectors of another length; the message says which.</exception>
    public int SizeAfter(int size)
    {
        foreach (var module in Modules)
        {
            size = module.SizeAfter(size);
        }

        return size;
    }

    /// <summary>The same with another pooling.</summary>
    public EmbeddingChain With(Pooling pooling) => this with { Poolings = [pooling] };

    /// <summary>The same with another module at the end.</summary>
    public EmbeddingChain Then(SentenceModule module) => this with { Modules = [.. Modules, module] };

    /// <summary>For people: "mean → Dense 768→512 (Tanh) → Normalize".</summary>
    public override string ToString() =>
        string.Join(" → ", ((string[])[Poolings.Name() + (IncludePrompt ? "" : " without the prompt")]).Where(text => text.Length > 0).Concat(Modules.Select(module => $"{module}")));
}
