using System.Globalization;

namespace MiCse.Data;

/// <summary>A column of a file that carries names, and whether its first values are texts. The answer is the same in every format.</summary>
/// <param name="name">The column's name.</param>
internal sealed class ColumnSample(string name)
{
    private bool _hasText;
    private bool _hasOther;

    /// <summary>The column's name.</summary>
    public string Name => name;

    /// <summary>Whether one of the values is a text, or all are empty; numbers, true and false are none, however a format writes them.</summary>
    public bool IsText => _hasText || !_hasOther;

    /// <summary>Looks at a value as a text.</summary>
    public void Add(string value)
    {
        if (value.Length > 0)
        {
            var isOther = bool.TryParse(value, out _) || double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
            _hasText |= !isOther;
            _hasOther |= isOther;
        }
    }

    /// <summary>Looks at a value that is no text in this format.</summary>
    public void AddOther() => _hasOther = true;
}
