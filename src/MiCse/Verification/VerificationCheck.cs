namespace MiCse.Verification;

/// <summary>One comparison of embeddings of the same texts.</summary>
/// <param name="Name">What was compared, for people: "alone and in batches".</param>
/// <param name="MaxAbsoluteDifference">The largest difference between two numbers of the embeddings.</param>
/// <param name="MeanCosine">Mean over the texts of the cosine between a text's two embeddings.</param>
/// <param name="WorstCosine">The smallest of these cosines.</param>
/// <param name="Ok">Whether that is within what was demanded.</param>
/// <param name="Demand">What was demanded, for people: "the same bytes".</param>
internal sealed record VerificationCheck(
    string Name, double MaxAbsoluteDifference, double MeanCosine, double WorstCosine, bool Ok, string Demand);
