using System.Globalization;
using System.Text;

namespace MiCse.Data.Shards;

/// <summary>Numbers of tasks as schedulers take them: <c>3,17-19</c>.</summary>
internal static class ArrayExpression
{
    /// <summary>Writes numbers.</summary>
    /// <param name="numbers">In ascending order.</param>
    public static string Of(IReadOnlyList<int> numbers)
    {
        var text = new StringBuilder();
        for (var first = 0; first < numbers.Count;)
        {
            var last = first;
            while (last + 1 < numbers.Count && numbers[last + 1] == numbers[last] + 1)
            {
                last++;
            }

            text.Append(text.Length > 0 ? "," : "").Append(CultureInfo.InvariantCulture, $"{numbers[first]}");
            if (last > first)
            {
                text.Append(CultureInfo.InvariantCulture, $"-{numbers[last]}");
            }

            first = last + 1;
        }

        return text.ToString();
    }
}
