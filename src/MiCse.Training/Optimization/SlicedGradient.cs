using System.Runtime.InteropServices;
using MiCse.Training.Distributed;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MiCse.Training.Optimization;

/// <summary>
/// The gradient of a step as the sum of its slices' gradients, in the order of <see cref="SumInOrder"/>: the same bits whichever rank has computed a slice. Tensors live in the
/// dispose scope in which a slice is added. Works on float32 parameters.
/// </summary>
internal sealed class SlicedGradient
{
    private const int BlockLength = 1 << 22; // 16 MiB are exchanged at a time

    private readonly Parameter[] _parameters;
    private readonly Stack<(int Slices, Tensor?[] Sum)> _branches = [];

    /// <param name="parameters">What is trained.</param>
    public SlicedGradient(IEnumerable<Parameter> parameters) => _parameters = [.. parameters];

    /// <summary>Takes the gradients that a slice's backward pass has left in the parameters. Slices come in their order, those without gradients too.</summary>
    public void Add()
    {
        var (slices, sum) = (1, Array.ConvertAll(_parameters, Take));
        while (_branches.TryPeek(out var before) && before.Slices == slices)
        {
            (slices, sum) = (2 * slices, Join(_branches.Pop().Sum, sum));
        }

        _branches.Push((slices, sum));
    }

    /// <summary>Puts the sum over all slices of all ranks into the parameters. A parameter without a gradient in any slice gets none.</summary>
    /// <param name="ranks">Who takes part.</param>
    public void Finish(ICollective ranks)
    {
        var sum = _branches.Pop().Sum;
        while (_branches.TryPop(out var before))
        {
            sum = Join(before.Sum, sum);
        }

        if (ranks.Count > 1)
        {
            AddOthers(ranks, sum);
        }

        foreach (var (parameter, gradient) in _parameters.Zip(sum))
        {
            parameter.grad = gradient;
        }
    }

    private static Tensor? Take(Parameter parameter)
    {
        var gradient = parameter.grad;
        parameter.grad = null;
        return gradient;
    }

    private static Tensor?[] Join(Tensor?[] first, Tensor?[] second)
    {
        using var noGradients = no_grad();
        foreach (var (index, gradient) in second.Index())
        {
            if (first[index] is { } sum && gradient is not null)
            {
                sum.add_(gradient);
                gradient.Dispose();
            }
            else
            {
                first[index] ??= gradient;
            }
        }

        return first;
    }

    private void AddOthers(ICollective ranks, Tensor?[] sum)
    {
        byte[] own = [.. sum.Select(gradient => (byte)(gradient is null ? 0 : 1))];
        var all = new byte[own.Length * ranks.Count];
        ranks.Gather(own, all);
        int[] used = [.. Enumerable.Range(0, own.Length).Where(index => Enumerable.Range(0, ranks.Count).Any(rank => all[(rank * own.Length) + index] != 0))];
        using var noGradients = no_grad();
        var host = used.Select(index => (sum[index] ??= zeros_like(_parameters[index])).cpu().contiguous()).ToArray();
        Exchange(ranks, host);
        foreach (var (index, gradient) in used.Zip(host))
        {
            sum[index] = gradient.to(_parameters[index].device);
        }
    }

    /// <summary>In blocks of one length, that the memory needed does not grow with the model.</summary>
    private static void Exchange(ICollective ranks, Tensor[] gradients)
    {
        var block = new float[(int)Math.Min(BlockLength, gradients.Sum(gradient => gradient.numel()))];
        var filled = 0;
        List<(Tensor Gradient, int Start, int Length)> segments = [];
        foreach (var gradient in gradients)
        {
            for (int start = 0, length; start < gradient.numel(); start += length)
            {
                length = (int)Math.Min(gradient.numel() - start, block.Length - filled);
                Elements(gradient).Slice(start, length).CopyTo(block.AsSpan(filled));
                segments.Add((gradient, start, length));
                filled += length;
                if (filled == block.Length)
                {
                    AddUp();
                }
            }
        }

        AddUp();

        void AddUp()
        {
            ranks.Sum(block.AsSpan(0, filled));
            filled = 0;
            foreach (var (gradient, start, length) in segments)
            {
                block.AsSpan(filled, length).CopyTo(Elements(gradient)[start..]);
                filled += length;
            }

            filled = 0;
            segments.Clear();
        }

        static Span<float> Elements(Tensor gradient) => MemoryMarshal.Cast<byte, float>(gradient.bytes)[..(int)gradient.numel()];
    }
}
