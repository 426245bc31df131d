using System.Globalization;

namespace MiCse.Training.Model;

/// <summary>
/// The layers whose attention maps enter the mutual information: half-open and 0-based, so 7..11 means the layers 7, 8, 9, 10.
/// Their number is even, because rows are split by the parity of the layer.
/// </summary>
/// <param name="First">The first layer.</param>
/// <param name="End">The layer after the last one.</param>
public readonly record struct LayerRange(int First, int End)
{
    /// <summary>Number of layers.</summary>
    public int Count => End - First;

    /// <summary>
    /// The paper's 7..11 of 12 for an encoder of any depth: the same share of the layers, an even number, ending as near to
    /// the output. 4 layers: 2..4; 6: 4..6; 12: 7..11; 24: 14..22.
    /// </summary>
    /// <param name="depth">The encoder's number of layers.</param>
    /// <exception cref="ArgumentException">Fewer than two layers.</exception>
    public static LayerRange Default(int depth)
    {
        if (depth < 2)
        {
            throw new ArgumentException($"Attention mutual information needs at least two layers, and this encoder has {depth}.");
        }

        var count = Math.Max(2, 2 * (int)Math.Round(depth / 6.0));
        var end = Math.Max(count, (int)Math.Round(depth * 11 / 12.0, MidpointRounding.AwayFromZero));
        return new LayerRange(end - count, end);
    }

    /// <summary>Reads "7..11".</summary>
    /// <exception cref="FormatException">Not two numbers with two dots between them.</exception>
    public static LayerRange Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var dots = text.IndexOf("..", StringComparison.Ordinal);
        return dots > 0
            && int.TryParse(text[..dots], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            && int.TryParse(text[(dots + 2)..], NumberStyles.None, CultureInfo.InvariantCulture, out var end)
            ? new LayerRange(first, end)
            : throw new FormatException($"Layers are written as first..end, for example 7..11 for layers 7 to 10, not as \"{text}\".");
    }

    /// <summary>Whether a layer is in the range.</summary>
    public bool Contains(int layer) => layer >= First && layer < End;

    /// <summary>Checks that the range fits an encoder.</summary>
    /// <param name="depth">The encoder's number of layers.</param>
    /// <exception cref="ArgumentException">Empty, odd, or beyond the encoder's layers.</exception>
    public void Validate(int depth)
    {
        if (First < 0 || End > depth || Count <= 0)
        {
            throw new ArgumentException(
                $"The layers {this} do not exist in an encoder of {depth} layers: choose first..end with 0 <= first < end <= {depth}.");
        }

        if (Count % 2 != 0)
        {
            throw new ArgumentException(
                $"The layers {this} are {Count}, but attention mutual information needs an even number of layers"
                + (depth < 2 ? ", and this encoder has only one." : $": for example {Default(depth)}."));
        }
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{First}..{End}");
}
