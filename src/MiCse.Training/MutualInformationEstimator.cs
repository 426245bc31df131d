namespace MiCse.Training;

/// <summary>Which positions of the attention maps the mutual information is estimated from.</summary>
public enum MutualInformationEstimator
{
    /// <summary>150 positions of a row, drawn without replacement: the paper's. The default.</summary>
    Sampled,

    /// <summary>All positions of a row that count in both views: no chance involved.</summary>
    Exact,
}
