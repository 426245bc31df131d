namespace MiCse.Mapping;

/// <summary>
/// 1 / (1 + a·d²ᵇ), how near two points at distance d are in the map. a and b are fitted by least squares to the curve that is wanted: 1 up to the
/// minimal distance, then exp(-(d - minimal distance) / spread) (McInnes, Healy, Melville: "UMAP", 2018, section 3.2).
/// </summary>
internal readonly record struct UmapCurve(double A, double B)
{
    private const int Samples = 300;
    private const int MostSteps = 200;

    /// <summary>Fits the curve at 300 distances from 0 to three times the spread, by Gauss–Newton steps, damped as Levenberg and Marquardt do.</summary>
    public static UmapCurve Fit(double minDistance, double spread)
    {
        // The unit of length is the spread while fitting: then one starting point and one damping do for all.
        var (curve, damping) = (new UmapCurve(1, 1), 1e-3);
        var error = curve.Error(minDistance / spread);
        for (var step = 0; step < MostSteps && damping < 1e12; step++)
        {
            var next = curve.Improve(minDistance / spread, damping);
            var nextError = next.Error(minDistance / spread);
            if (nextError < error)
            {
                (curve, error, damping) = (next, nextError, damping / 10);
            }
            else
            {
                damping *= 10;
            }
        }

        return curve with { A = curve.A / Math.Pow(spread, 2 * curve.B) };
    }

    /// <summary>Nearness at a distance.</summary>
    public double At(double distance) => 1 / (1 + A * Math.Pow(distance, 2 * B));

    private static double Wanted(double distance, double minDistance) => distance < minDistance ? 1 : Math.Exp(minDistance - distance);

    private static double Distance(int sample) => 3.0 * sample / (Samples - 1);

    private double Error(double minDistance)
    {
        // A curve that rises with the distance is none.
        if (A <= 0 || B <= 0)
        {
            return double.PositiveInfinity;
        }

        var sum = 0.0;
        for (var sample = 0; sample < Samples; sample++)
        {
            var residual = At(Distance(sample)) - Wanted(Distance(sample), minDistance);
            sum += residual * residual;
        }

        return sum;
    }

    private UmapCurve Improve(double minDistance, double damping)
    {
        double aa = 0, ab = 0, bb = 0, ra = 0, rb = 0;
        for (var sample = 1; sample < Samples; sample++)
        {
            var distance = Distance(sample);
            var value = At(distance);
            var residual = value - Wanted(distance, minDistance);
            var byA = -value * value * Math.Pow(distance, 2 * B);
            var byB = byA * A * 2 * Math.Log(distance);
            (aa, ab, bb, ra, rb) = (aa + byA * byA, ab + byA * byB, bb + byB * byB, ra + byA * residual, rb + byB * residual);
        }

        (aa, bb) = (aa * (1 + damping), bb * (1 + damping));
        var determinant = aa * bb - ab * ab;
        return new UmapCurve(A - (bb * ra - ab * rb) / determinant, B - (aa * rb - ab * ra) / determinant);
    }
}
