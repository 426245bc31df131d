using System.Globalization;
using System.Text;
using MiCse.Files;

namespace MiCse.VectorSpeed;

/// <summary>Lines in a plot whose axes are both logarithmic: what grows in proportion is a straight line that rises by a decade a decade.</summary>
internal static class LogPlot
{
    private const double Width = 640;
    private const double Height = 400;
    private const double Left = 70;
    private const double Right = 130;
    private const double Top = 20;
    private const double Bottom = 50;

    private static readonly string[] s_colours = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00"];

    public static void Write(string path, string horizontal, string vertical, IReadOnlyDictionary<string, List<(double X, double Y)>> lines)
    {
        var points = lines.Values.SelectMany(line => line).ToList();
        var x = Axis(points.Select(point => point.X), Left, Width - Right);
        var y = Axis(points.Select(point => point.Y), Height - Bottom, Top);
        var svg = new StringBuilder(Invariant($"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" font-family="sans-serif" font-size="12"><rect width="{Width}" height="{Height}" fill="white"/>""")).Append('\n');
        foreach (var decade in x.Decades)
        {
            var at = x.Place(decade);
            svg.Append(Invariant($"""<path d="M{at:0.#} {Top}V{Height - Bottom}" stroke="#DFE3E8"/><text x="{at:0.#}" y="{Height - Bottom + 18}" text-anchor="middle">{decade:N0}</text>""")).Append('\n');
        }

        foreach (var decade in y.Decades)
        {
            var at = y.Place(decade);
            svg.Append(Invariant($"""<path d="M{Left} {at:0.#}H{Width - Right}" stroke="#DFE3E8"/><text x="{Left - 8}" y="{at + 4:0.#}" text-anchor="end">{decade:0.###}</text>""")).Append('\n');
        }

        foreach (var (number, (name, line)) in lines.Index())
        {
            var colour = s_colours[number % s_colours.Length];
            svg.Append(Invariant($"""<polyline fill="none" stroke="{colour}" stroke-width="2" points="{string.Join(' ', line.Select(point => Invariant($"{x.Place(point.X):0.#},{y.Place(point.Y):0.#}")))}"/>""")).Append('\n');
            foreach (var point in line)
            {
                svg.Append(Invariant($"""<circle cx="{x.Place(point.X):0.#}" cy="{y.Place(point.Y):0.#}" r="3" fill="{colour}"/>"""));
            }

            svg.Append(Invariant($"""<text x="{x.Place(line[^1].X) + 8:0.#}" y="{y.Place(line[^1].Y) + 4:0.#}" fill="{colour}">{name}</text>""")).Append('\n');
        }

        svg.Append(Invariant($"""<text x="{(Left + Width - Right) / 2}" y="{Height - 10}" text-anchor="middle">{horizontal}</text><text transform="translate(16 {Height / 2}) rotate(-90)" text-anchor="middle">{vertical}</text></svg>""")).Append('\n');
        AtomicFile.Write(path, file => file.Write(Encoding.UTF8.GetBytes(svg.ToString())));
    }

    private static (Func<double, double> Place, IEnumerable<double> Decades) Axis(IEnumerable<double> values, double from, double to)
    {
        var logarithms = values.Select(Math.Log10).ToList();
        var (least, most) = (Math.Floor(logarithms.Min()), Math.Max(Math.Ceiling(logarithms.Max()), Math.Floor(logarithms.Min()) + 1));
        return (value => from + ((Math.Log10(value) - least) / (most - least) * (to - from)), Enumerable.Range((int)least, (int)(most - least) + 1).Select(power => Math.Pow(10, power)));
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
