using MiCse.Training.Model;
using TorchSharp.Modules;

namespace MiCse.Training.Optimization;

/// <summary>
/// AdamW (Loshchilov and Hutter, arXiv 1711.05101), element for element as <c>torch.optim.AdamW</c>:
/// <code>
/// p ← p · (1 - rate · decay)
/// m ← m + (1 - β1)(g - m)
/// v ← β2 · v + (1 - β2) g²
/// p ← p - rate / (1 - β1ᵗ) · m / (√v / √(1 - β2ᵗ) + ε)
/// </code>
/// On the CPU in one pass over memory (<see cref="FusedMoments"/>), where libtorch needs ten; on other devices by libtorch's operations
/// (<see cref="TensorMoments"/>). Its whole state can be saved and restored, so that training resumes to the same bits.
/// Not thread-safe; works on float32 parameters.
/// </summary>
internal sealed class AdamW : IDisposable
{
    private readonly List<Slot> _slots;
    private readonly double _weightDecay;
    private readonly double _beta1;
    private readonly double _beta2;
    private readonly double _epsilon;

    /// <summary>An optimizer before its first step.</summary>
    /// <param name="parameters">What is optimized, as <c>named_parameters()</c> gives it; no parameter twice.</param>
    /// <param name="weightDecay">Decay of weight matrices and embeddings; biases and LayerNorm weights never decay.</param>
    /// <param name="beta1">β1.</param>
    /// <param name="beta2">β2.</param>
    /// <param name="epsilon">ε.</param>
    /// <param name="fused">Whether parameters on the CPU are updated in one pass; false updates them as those on other devices.</param>
    public AdamW(
        IEnumerable<(string name, Parameter parameter)> parameters,
        double weightDecay = 0,
        double beta1 = 0.9,
        double beta2 = 0.999,
        double epsilon = 1e-8,
        bool fused = true)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        _slots = [.. parameters.Select(named => new Slot(named.name, named.parameter, Moments(named.parameter, fused)))];
        (_weightDecay, _beta1, _beta2, _epsilon) = (weightDecay, beta1, beta2, epsilon);
    }

    /// <summary>How many steps were taken.</summary>
    public long Steps { get; private set; }

    /// <summary>
    /// The moments by name: the parameter's, with <c>.first_moment</c> or <c>.second_moment</c> behind it, to be written before the next step.
    /// </summary>
    public IEnumerable<KeyValuePair<string, float[]>> State => _slots.SelectMany(slot => new KeyValuePair<string, float[]>[]
    {
        new(slot.FirstName, slot.Moments.First),
        new(slot.SecondName, slot.Moments.Second),
    });

    /// <summary>Takes one step along the gradients. Parameters without a gradient are left alone.</summary>
    /// <param name="learningRate">The rate of this step.</param>
    public void Step(double learningRate)
    {
        Steps++;
        foreach (var slot in _slots)
        {
            using var gradient = slot.Parameter.grad;
            if (gradient is null)
            {
                continue;
            }

            var decays = slot.Parameter.dim() > 1;
            slot.Moments.Update(slot.Parameter, gradient, new AdamWCoefficients(
                (float)(1 - _beta1),
                (float)_beta2,
                (float)(1 - _beta2),
                (float)Math.Sqrt(1 - Math.Pow(_beta2, Steps)),
                (float)_epsilon,
                (float)(-learningRate / (1 - Math.Pow(_beta1, Steps))),
                decays ? (float)(1 - (learningRate * _weightDecay)) : 1));
        }
    }

    /// <summary>Continues from an earlier optimizer's state.</summary>
    /// <param name="steps">Its <see cref="Steps"/>.</param>
    /// <param name="moments">Its <see cref="State"/>.</param>
    /// <exception cref="ArgumentException">Moments are missing or of another length; lists the first ten.</exception>
    public void Resume(long steps, IReadOnlyDictionary<string, float[]> moments)
    {
        ArgumentNullException.ThrowIfNull(moments);
        var unfit = _slots
            .SelectMany(slot => new[] { slot.FirstName, slot.SecondName }.Select(name => (Name: name, Length: slot.Parameter.numel())))
            .Where(own => !moments.TryGetValue(own.Name, out var saved) || saved.Length != own.Length)
            .Select(own => $"{own.Name} ({own.Length})")
            .ToList();
        if (unfit.Count > 0)
        {
            throw new ArgumentException(
                $"{unfit.Count} moments are missing or not of this length: {string.Join("; ", unfit.Take(10))}.", nameof(moments));
        }

        Steps = steps;
        foreach (var slot in _slots)
        {
            slot.Moments.Restore(moments[slot.FirstName], moments[slot.SecondName]);
        }
    }

    /// <summary>Releases the moments.</summary>
    public void Dispose() => _slots.ForEach(slot => slot.Moments.Dispose());

    private static IAdamWMoments Moments(Parameter parameter, bool fused) =>
        fused && parameter.IsOnCpu() ? new FusedMoments(parameter.numel()) : new TensorMoments(parameter);

    private sealed record Slot(string Name, Parameter Parameter, IAdamWMoments Moments)
    {
        public string FirstName => Name + ".first_moment";

        public string SecondName => Name + ".second_moment";
    }
}
