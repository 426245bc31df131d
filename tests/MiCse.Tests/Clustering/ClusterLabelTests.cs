using MiCse.Clustering;
using MiCse.Vectors;

namespace MiCse.Tests.Clustering;

public class ClusterLabelTests
{
    private static readonly string[] s_texts =
    [
        "The striker scored, and the goal won the match.", "The goal of the match!", "The goalkeeper saw the goal.",
        "The shares fell on the market.", "The market and the shares.",
        "The weather is fine.",
    ];

    [Fact]
    public void Words_at_home_in_a_cluster_come_first_and_those_at_home_everywhere_not_at_all()
    {
        var labels = ClusterLabel.Describe(s_texts, Partition([0, 0, 0, 1, 1, -1], [0.7f, 0.9f, 0.8f, 0.5f, 0.6f, 0]), words: 2);

        Assert.Equal([1, 4], labels.Select(label => label.Center));
        Assert.Equal(["goal", "match"], labels[0].Words);
        Assert.Equal(["market", "shares"], labels[1].Words);
        Assert.DoesNotContain("the", ClusterLabel.Describe(s_texts, Partition([0, 0, 0, 1, 1, -1], new float[6]), words: 100).SelectMany(label => label.Words));
    }

    [Fact]
    public void Weights_are_those_of_the_formula()
    {
        // Cluster 0: a×3, b×1, c×1 of 5 words; cluster 1: b×1, d×3, e×1 of 5. A = 5.
        // "aa" 3/5·log(1 + 5/3) = 0.588, "cc" 1/5·log(1 + 5/1) = 0.358; "bb" is as frequent in both and no label of either.
        var partition = Partition([0, 1], [1, 1]);
        var labels = ClusterLabel.Describe(["aa aa bb aa cc", "dd ee dd bb dd"], partition);
        Assert.Equal(["aa", "cc"], labels[0].Words);
        Assert.Equal(["dd", "ee"], labels[1].Words);

        // "xx" 3/9·log(1 + 9/4) = 0.393, "yy" 2/9·log(1 + 9/2) = 0.379, the others 1/9·log(1 + 9/1) = 0.256: of equals the alphabet decides.
        labels = ClusterLabel.Describe(["xx xx xx yy yy zz ww vv uu", "xx aa bb cc dd ee ff gg hh"], partition, words: 3);
        Assert.Equal(["xx", "yy", "uu"], labels[0].Words);
    }

    [Fact]
    public void Words_are_lower_case_letters_with_two_signs_at_least()
    {
        var tally = new WordTally();
        tally.Add("It's 39 CAFÉS, B2B; x naïve Ärzte-Haus 東京 1984 हिन्दी");

        Assert.Equal(
            ["it", "cafés", "b2b", "naïve", "ärzte", "haus", "東", "京", "हिन्दी"],
            tally.Counts.Keys);
        Assert.Equal(9, tally.Total);
    }

    [Fact]
    public void One_cluster_of_everything_has_its_frequent_words_and_empty_texts_have_none()
    {
        Assert.Equal(["on"], ClusterLabel.Describe(["on off", "on"], Partition([0, 0], [1, 1]), words: 1)[0].Words);
        Assert.Empty(ClusterLabel.Describe(["", " ! "], Partition([0, 0], [1, 1]))[0].Words);
        Assert.Empty(ClusterLabel.Describe([], Partition([], [])));
    }

    [Fact]
    public void Refuses_the_partition_of_other_texts() =>
        Assert.Throws<ArgumentException>(() => ClusterLabel.Describe(["one"], Partition([0, 0], [1, 1])));

    private static Partition Partition(int[] assignments, float[] scores) => new(assignments, scores, new EmbeddingMatrix(assignments.Append(-1).Max() + 1, 2));
}
