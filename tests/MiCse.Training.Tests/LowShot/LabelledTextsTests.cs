using MiCse.Training.LowShot;
using MiCse.Vectors;

namespace MiCse.Training.Tests.LowShot;

public class LabelledTextsTests
{
    [Fact]
    public void Precision_is_the_share_of_the_nearest_with_the_same_label()
    {
        // Eleven texts in one direction and one far away: each of the eleven has the ten others near, and the last finds ten of its neighbours among them.
        var rows = Enumerable.Range(0, 12).Select(text => ($"text {text}", text is 0 or 11 ? "b" : "a")).ToArray();
        var labelled = new LabelledTexts(rows.Append(("text 1", "b"))); // the first of equal texts counts

        var score = labelled.Score(Encode, TestContext.Current.CancellationToken);

        // Ten texts "a": nine of ten; "text 0": none; "text 11": one of ten or none, by which is left out.
        Assert.Equal((10 * 0.9 + 0 + 0.1) / 12, score, 1e-9);
    }

    [Fact]
    public void One_label_is_refused()
    {
        var refused = Assert.Throws<ArgumentException>(() => new LabelledTexts([("a", "x"), ("b", "x")]));

        Assert.Equal("Retrieval is scored by the labels of its texts: at least two different ones are needed, found 1 in 2 texts.", refused.Message);
    }

    // The last text has the first one nearest and text 10 farthest.
    private static EmbeddingMatrix Encode(IReadOnlyList<string> texts, CancellationToken cancellationToken)
    {
        Assert.Equal(12, texts.Count);
        return new EmbeddingMatrix(
            [.. texts.Index().SelectMany(text => text.Index == 11 ? new float[] { 0, 1 } : [1, 0.02f - (0.001f * text.Index)])], texts.Count, 2);
    }
}
