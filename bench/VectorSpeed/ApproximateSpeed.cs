using System.Diagnostics;
using System.Globalization;
using System.Text;
using MiCse.Numerics;
using MiCse.Search;
using MiCse.Vectors;

namespace MiCse.VectorSpeed;

/// <summary>What an exact query costs as an index grows, and what cells make of it: recall, build, size.</summary>
internal sealed class ApproximateSpeed(Setting setting, IReadOnlyList<int> sizes, int mostDivided) : SpeedSection
{
    private const int Dimensions = 256;
    private const int Hits = 10;
    private const int Queries = 50;

    // Texts lie near a surface of far fewer dimensions than their vectors have: topics of 24 numbers, blurred.
    private const int Hidden = 24;
    private const float Blur = 0.6f;

    public override string Title => string.Create(CultureInfo.InvariantCulture, $"Large indexes: synthetic vectors of {Dimensions} dimensions in int8, the best {Hits}");

    public override void Prepare()
    {
    }

    public override string Measure()
    {
        var text = new StringBuilder(Machine.Description).Append("; one thread a query, medians of ").Append(Queries).Append(" queries. Vectors are synthetic: ")
            .Append(CultureInfo.InvariantCulture, $"{Hidden} random numbers through a random matrix, blurred.\n\n| rows | written, s | GB | exact, ms a query | divided, s | cells | read | recall | ms a query |\n|---|---|---|---|---|---|---|---|---|\n");
        var points = new List<(double Rows, double Milliseconds)>();
        foreach (var rows in sizes)
        {
            var path = setting.PathOf($"large-{rows}");
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }

            var start = Stopwatch.GetTimestamp();
            Write(path, rows);
            var written = Stopwatch.GetElapsedTime(start).TotalSeconds;
            double exact;
            long bytes;
            using (var index = VectorIndex.Open(path))
            {
                bytes = index.ByteCount;
                exact = Median(index, new SearchOptions { Threads = 1 });
            }

            points.Add((rows, exact));
            var line = FormattableString.Invariant($"| {rows:N0} | {written:N0} | {bytes / 1e9:0.0} | {exact:0.0} |");
            start = Stopwatch.GetTimestamp();
            if (rows <= mostDivided)
            {
                using (var writer = VectorIndexWriter.Open(path))
                {
                    writer.Divide();
                }

                var divided = Stopwatch.GetElapsedTime(start).TotalSeconds;
                using var index = VectorIndex.Open(path);
                foreach (var recall in new[] { 0.8, 0.9, 0.95, 0.99 })
                {
                    var options = new SearchOptions { Threads = 1, Recall = recall };
                    if (index.Probes(options) is { } probes)
                    {
                        text.Append(line).Append(CultureInfo.InvariantCulture, $" {divided:N0} | {index.Segments[0].Cells!.Count:N0} | {probes.Probes} | {Share(index, options):0.000} | {Median(index, options):0.00} |\n");
                    }
                }
            }
            else
            {
                text.Append(line).Append(" - | - | - | - | - |\n");
            }

            Directory.Delete(path, recursive: true);
        }

        File.WriteAllText("bench/results/index-size.svg", Plot(points));
        return text.Append("\n![Milliseconds of an exact query by the number of rows: a straight line](index-size.svg)\n").ToString();
    }

    private static void Write(string path, int rows)
    {
        using var writer = VectorIndexWriter.Create(path, new VectorSource("synthetic", "none", Dimensions), IndexPrecision.Int8);
        foreach (var block in Enumerable.Range(0, rows).Chunk(8_192))
        {
            var vectors = new float[block.Length][];
            ParallelLoop.For(0, block.Length, new ParallelOptions(), row => vectors[row] = Synthetic(block[row]));
            foreach (var vector in vectors)
            {
                writer.Add("", vector);
            }
        }

        writer.Commit();
    }

    private static readonly float[][] s_directions = [.. Enumerable.Range(0, Hidden).Select(hidden => Normal(new RandomSequence(-1 - hidden), Dimensions))];

    private static float[] Synthetic(int seed)
    {
        var random = new RandomSequence(seed);
        var vector = Normal(random, Dimensions);
        System.Numerics.Tensors.TensorPrimitives.Multiply(vector, Blur, vector);
        foreach (var (hidden, weight) in Normal(random, Hidden).Index())
        {
            System.Numerics.Tensors.TensorPrimitives.MultiplyAdd(s_directions[hidden], weight / MathF.Sqrt(Hidden), vector, vector);
        }

        return vector;
    }

    private static float[] Normal(RandomSequence random, int count)
    {
        var values = new float[count];
        for (var index = 0; index < count; index++)
        {
            // The sum of four uniform numbers is near enough.
            values[index] = (float)((random.NextDouble() + random.NextDouble() + random.NextDouble() + random.NextDouble() - 2) * Math.Sqrt(3));
        }

        return values;
    }

    private static float[] Query(int number) => Synthetic(int.MaxValue - number);

    private static double Median(VectorIndex index, SearchOptions options)
    {
        var times = new List<double>();
        index.Search(Query(0), Hits, options);
        for (var query = 0; query < Queries; query++)
        {
            var start = Stopwatch.GetTimestamp();
            index.Search(Query(query), Hits, options);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        times.Sort();
        return times[times.Count / 2];
    }

    private static double Share(VectorIndex index, SearchOptions options) => Enumerable.Range(0, Queries).Average(query =>
        index.Search(Query(query), Hits, options).Select(hit => hit.Id).Intersect(index.Search(Query(query), Hits).Select(hit => hit.Id)).Count() / (double)Hits);

    private static string Plot(List<(double Rows, double Milliseconds)> points)
    {
        const int Width = 640, Height = 360, Margin = 60;
        var (most, slowest) = (points.Max(point => point.Rows), points.Max(point => point.Milliseconds));
        string X(double rows) => (Margin + rows / most * (Width - 2 * Margin)).ToString("0.0", CultureInfo.InvariantCulture);
        string Y(double milliseconds) => (Height - Margin - milliseconds / slowest * (Height - 2 * Margin)).ToString("0.0", CultureInfo.InvariantCulture);
        var svg = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" font-family="sans-serif" font-size="13">
            <rect width="{Width}" height="{Height}" fill="white"/>
            <path d="M{Margin} {Margin} V{Height - Margin} H{Width - Margin}" fill="none" stroke="#555"/>
            <text x="{Width / 2}" y="{Height - 15}" text-anchor="middle">rows, millions</text>
            <text x="{Margin}" y="{Margin - 20}">ms an exact query, int8, one thread</text>

            """));
        svg.Append(CultureInfo.InvariantCulture, $"<polyline fill=\"none\" stroke=\"#2a6fb0\" stroke-width=\"2\" points=\"{string.Join(' ', points.Select(point => $"{X(point.Rows)},{Y(point.Milliseconds)}"))}\"/>\n");
        foreach (var (rows, milliseconds) in points)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{X(rows)}\" cy=\"{Y(milliseconds)}\" r=\"4\" fill=\"#2a6fb0\"/><text x=\"{X(rows)}\" y=\"{Height - Margin + 18}\" text-anchor=\"middle\">{rows / 1e6:0.#}</text><text x=\"{X(rows)}\" y=\"{Y(milliseconds)}\" dy=\"-9\" text-anchor=\"middle\">{milliseconds:0.0}</text>\n");
        }

        return svg.Append("</svg>\n").ToString();
    }
}
