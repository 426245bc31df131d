namespace MiCse.Training.LowShot;

/// <summary>How the paper (Klein and Nabi, ACL 2023) trained BERT-base on one share of a million sentences.</summary>
/// <param name="Sentences">The sentences of the share.</param>
/// <param name="Epochs">Runs through them.</param>
/// <param name="Lambda">Weight λ of the attention mutual information.</param>
/// <param name="EvaluateEvery">Steps between evaluations.</param>
internal sealed record LowShotPreset(int Sentences, int Epochs, double Lambda, int EvaluateEvery)
{
    /// <summary>The paper's shares, the smallest first: 0.01 %, 0.1 %, 1 % and 10 % of a million.</summary>
    public static IReadOnlyList<LowShotPreset> Paper { get; } =
    [
        new(100, 2500, 1e-3, 250),
        new(1_000, 500, 1e-3, 500),
        new(10_000, 50, 1e-4, 500),
        new(100_000, 10, 5e-4, 500),
    ];

    /// <summary>
    /// The preset of the share that is nearest in proportion; of two at the same distance the smaller. The paper gives no epochs for its
    /// 64 sentences, so they take those of 100.
    /// </summary>
    /// <param name="sentences">At least 1.</param>
    public static LowShotPreset Nearest(int sentences)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sentences, 1);
        return Paper.MinBy(preset => Math.Abs(Math.Log((double)sentences / preset.Sentences)))!;
    }
}
