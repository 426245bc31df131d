namespace MiCse.Models;

/// <summary>
/// A module of sentence-transformers that changes an embedding. Its weights have canonical names, <c>modules.N.linear.weight</c>, N being its place in
/// modules.json; its files spell them without the beginning.
/// </summary>
internal abstract record SentenceModule
{
    /// <summary>Its class in sentence-transformers.</summary>
    public abstract string ClassName { get; }

    /// <summary>Names and shapes of its weights.</summary>
    public virtual IEnumerable<(string Name, long[] Shape)> Weights => [];

    /// <summary>What the names of the weights of the module at a place begin with.</summary>
    /// <param name="place">In modules.json, the first module being 0.</param>
    public static string Prefix(int place) => FormattableString.Invariant($"modules.{place}.");

    /// <summary>Whether a canonical name is that of a module's weight, and not of the encoder's.</summary>
    public static bool IsWeight(string name) => name.StartsWith("modules.", StringComparison.Ordinal);

    /// <summary>Length of its output.</summary>
    /// <param name="size">Length of its input.</param>
    /// <exception cref="ArgumentException">It takes vectors of another length.</exception>
    public virtual int SizeAfter(int size) => size;

    /// <summary>For people.</summary>
    public override string ToString() => ClassName;

    private protected int Expected(int expected, int size, int result) => expected == size
        ? result
        : throw new ArgumentException($"the module {ClassName} takes vectors of {expected} dimensions, but those before it have {size}");
}

/// <summary>activation(x·Wᵀ + b)</summary>
/// <param name="Name">What the names of its weights begin with.</param>
/// <param name="Inputs">Length of x.</param>
/// <param name="Outputs">Length of the result.</param>
/// <param name="HasBias">Whether there is b.</param>
/// <param name="Activation">The activation.</param>
internal sealed record DenseModule(string Name, int Inputs, int Outputs, bool HasBias, DenseActivation Activation) : SentenceModule
{
    public override string ClassName => "Dense";

    /// <summary>W [outputs, inputs] and b [outputs].</summary>
    public WeightNames.Affine Linear => new(Name + "linear");

    public override IEnumerable<(string Name, long[] Shape)> Weights =>
        HasBias ? [(Linear.Weight, [Outputs, Inputs]), (Linear.Bias, [Outputs])] : [(Linear.Weight, [Outputs, Inputs])];

    public override int SizeAfter(int size) => Expected(Inputs, size, Outputs);

    public override string ToString() => $"Dense {Inputs}→{Outputs} ({Activation}{(HasBias ? "" : ", no bias")})";
}

/// <summary>LayerNorm over the vector.</summary>
/// <param name="Name">What the names of its weights begin with.</param>
/// <param name="Size">Length of the vector.</param>
internal sealed record LayerNormModule(string Name, int Size) : SentenceModule
{
    public override string ClassName => "LayerNorm";

    /// <summary>Weight and bias, [size] each.</summary>
    public WeightNames.Affine Norm => new(Name + "norm");

    public override IEnumerable<(string Name, long[] Shape)> Weights => [(Norm.Weight, [Size]), (Norm.Bias, [Size])];

    public override int SizeAfter(int size) => Expected(Size, size, size);

    public override string ToString() => ClassName;
}

/// <summary>Scales the vector to length 1; a vector of zeros stays.</summary>
internal sealed record NormalizeModule : SentenceModule
{
    public override string ClassName => "Normalize";

    public override string ToString() => ClassName;
}

/// <summary>Drops values in training alone.</summary>
/// <param name="Rate">The share of values that sentence-transformers drops in training.</param>
internal sealed record DropoutModule(double Rate) : SentenceModule
{
    public override string ClassName => "Dropout";

    public override string ToString() => ClassName;
}

/// <summary>Keeps the first values (Kusupati et al. 2022). No module of sentence-transformers, but what its <c>truncate_dim</c> does after all of them.</summary>
/// <param name="Size">How many.</param>
internal sealed record TruncationModule(int Size) : SentenceModule
{
    public override string ClassName => "truncation";

    public override int SizeAfter(int size) => Math.Min(size, Size);

    public override string ToString() => $"the first {Size}";
}

/// <summary>Activations of a <see cref="DenseModule"/>; the names are those of torch's classes.</summary>
internal enum DenseActivation
{
    /// <summary>x</summary>
    Identity,

    /// <summary>tanh x</summary>
    Tanh,

    /// <summary>max(x, 0)</summary>
    ReLU,

    /// <summary>x · Φ(x), by the error function.</summary>
    GELU,

    /// <summary>x · sigmoid(x)</summary>
    SiLU,

    /// <summary>1 / (1 + e^(-x))</summary>
    Sigmoid,
}
