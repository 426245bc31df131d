using System.Globalization;

namespace MiCse.EncodingSpeed.Report;

/// <summary>One line of the table of goals.</summary>
/// <param name="What">What is measured.</param>
/// <param name="Limit">The goal.</param>
/// <param name="AtLeast">Whether more is better.</param>
/// <param name="Measured">What came out; null when it was not measured.</param>
/// <param name="Format">How both numbers are written.</param>
/// <param name="InTheWay">What stands in the way, said when the goal is missed.</param>
internal sealed record Goal(string What, double Limit, bool AtLeast, double? Measured, string Format, string InTheWay)
{
    public string ToRow()
    {
        var verdict = Measured is not { } value ? "not measured" : IsMetBy(value) ? "met" : $"missed: {InTheWay}";
        return $"| {What} | {(AtLeast ? '≥' : '≤')} {Write(Limit)} | {(Measured is { } measured ? Write(measured) : "-")} | {verdict} |";
    }

    private bool IsMetBy(double value) => AtLeast ? value >= Limit : value <= Limit;

    private string Write(double value) => value.ToString(Format, CultureInfo.InvariantCulture);
}
