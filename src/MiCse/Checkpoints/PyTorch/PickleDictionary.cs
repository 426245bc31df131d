namespace MiCse.Checkpoints.PyTorch;

/// <summary>A Python dict or OrderedDict in the order of its insertions; a key set twice counts with its last value.</summary>
internal sealed class PickleDictionary
{
    public List<(object? Key, object? Value)> Items { get; } = [];

    public object? this[string key] => Items.FindLast(item => item.Key is string text && text == key).Value;
}
