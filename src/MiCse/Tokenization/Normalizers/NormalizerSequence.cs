using MiCse.Tokenization.Text;

namespace MiCse.Tokenization.Normalizers;

/// <summary>Several normalizers, one after the other.</summary>
internal sealed class NormalizerSequence(IReadOnlyList<INormalizer> stages) : INormalizer
{
    /// <summary>The normalizers in their order.</summary>
    public IReadOnlyList<INormalizer> Stages => stages;

    /// <summary>The normalizers that a text goes through one after the other; sequences are written out.</summary>
    public static IEnumerable<INormalizer> StagesOf(INormalizer? normalizer) => normalizer switch
    {
        null => [],
        NormalizerSequence sequence => sequence.Stages.SelectMany(StagesOf),
        _ => [normalizer],
    };

    /// <inheritdoc/>
    public void Normalize(ReadOnlySpan<char> text, ref PooledBuffer<char> result)
    {
        var before = new PooledBuffer<char>(text.Length);
        var after = new PooledBuffer<char>(text.Length);
        try
        {
            WellFormed.Append(text, ref before);
            foreach (var stage in stages)
            {
                after.Count = 0;
                stage.Normalize(before.Items, ref after);
                var emptied = before;
                before = after;
                after = emptied;
            }

            result.AddRange(before.Items);
        }
        finally
        {
            before.Dispose();
            after.Dispose();
        }
    }
}
