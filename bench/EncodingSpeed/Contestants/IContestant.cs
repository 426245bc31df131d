namespace MiCse.EncodingSpeed.Contestants;

/// <summary>One way from texts to embeddings.</summary>
internal interface IContestant : IDisposable
{
    /// <summary>What part of the last call's computation was padding; null when it does not say.</summary>
    double? PaddingShare => null;

    /// <summary>Encodes texts as this way does when it has many.</summary>
    /// <returns>The embeddings in the order of the texts.</returns>
    IReadOnlyList<float[]> Encode(IReadOnlyList<string> texts);

    /// <summary>Encodes one text as this way does when somebody waits for it.</summary>
    float[] Encode(string text);
}
