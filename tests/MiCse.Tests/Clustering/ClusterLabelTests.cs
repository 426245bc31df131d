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
            ["it", "cafés", "b2b", "naïve", "ärzte", "haus", "東京", "हिन्दी"],
            tally.Counts.Keys);

        tally = new WordTally();
        tally.Add("東京都 山 東京の山 it IT");
        Assert.Equal(new Dictionary<string, int> { ["東京"] = 2, ["京都"] = 1, ["山"] = 2, ["it"] = 2 }, tally.Counts);
        tally.Add("it");
        Assert.Equal((2, 3, 2), (tally.TextCount, tally.Counts["it"], tally.Texts["it"]));
    }

    [Fact]
    public void Stop_words_markup_and_further_forms_of_a_word_are_no_names()
    {
        string[] texts =
        [
            "The shares fell &lt;B&gt;on Monday&lt;/B&gt; and the market didn #39;t like it, quot;said the bank quot;", "A share of the bank, http://a.example/x.html in the market",
            "The striker has scored and they have won the match, said www.sport.example", "He is the striker of the match &lt;STR.N&gt; on Sunday",
        ];

        var labels = ClusterLabel.Describe(texts, Partition([0, 0, 1, 1], [1, 1, 1, 1]), words: 50);

        // Words of equal weight are sorted by their letters, and "shares" is a form of "share".
        Assert.Equal(["bank", "market", "fell", "share"], labels[0].Words);
        Assert.Equal(["match", "striker", "scored", "won"], labels[1].Words);
    }

    [Theory]
    [InlineData("Die Aktien sind gefallen und der Markt ist nicht zufrieden", "Das Spiel war für die Mannschaft und den Trainer ein Sieg", "markt", "sieg", "die und der war das für den ist nicht ein")]
    [InlineData("Les actions sont en baisse et le marché est dans la crise", "Le match est une victoire pour les joueurs de la ville", "marché", "victoire", "les sont en et le est dans la une pour de")]
    [InlineData("Las acciones de la bolsa están en crisis y el mercado no sube", "El partido fue una victoria para los jugadores de la ciudad", "mercado", "victoria", "las de la están en el no fue una para los")]
    public void Other_languages_have_stop_words_too(string market, string match, string inFirst, string inSecond, string stop)
    {
        var labels = ClusterLabel.Describe([market, match], Partition([0, 1], [1, 1]), words: 50);

        Assert.Contains(inFirst, labels[0].Words);
        Assert.Contains(inSecond, labels[1].Words);
        Assert.Empty(labels.SelectMany(label => label.Words).Intersect(stop.Split(' ')));
    }

    [Fact]
    public void A_languages_stop_words_are_words_in_another()
    {
        // "die" and "war" are German articles and verbs; "man" is Dutch and German.
        var labels = ClusterLabel.Describe(
            ["In the war many die, and the war is not over.", "The man of the year is a singer of the opera."], Partition([0, 1], [1, 1]), words: 9);

        Assert.Equal(["war", "die"], labels[0].Words.Take(2));
        Assert.Contains("man", labels[1].Words);
    }

    [Fact]
    public void What_is_common_to_most_clusters_is_no_name_in_a_language_without_stop_words()
    {
        string[] texts =
        [
            "ja osake ja pankki", "ja ja ja osake", "ja ja kurssi", "ja ja osake", "ja peli ja maali", "maali", "ja voitto", "ja maali", "ja sää ja sade", "sade ja", "ja tuuli",
        ];

        var labels = ClusterLabel.Describe(texts, Partition([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2], new float[11]));

        Assert.DoesNotContain("ja", labels.SelectMany(label => label.Words));
        Assert.Equal(["osake", "maali", "sade"], labels.Select(label => label.Words[0]));
    }

    [Theory]
    [InlineData("plain text; with < signs 3 > 2", "plain text; with < signs 3 > 2")]
    [InlineData("a&lt;b&gt;c&lt;/b&gt;", "a c ")]
    [InlineData("AT&amp;T salt; doesn #39;t  #36;10", "AT&T salt; doesn 't   10")]
    [InlineData("&amp;lt;i&amp;gt;x &#233;t&#233; &nbsp;", "& x été  ")]
    [InlineData("see https://x.example/a?b=c and SPACE.com.", "see   and SPACE .")]
    public void Markup_is_removed(string text, string expected) => Assert.Equal(expected, Markup.Remove(text));

    [Fact]
    public void One_cluster_of_everything_has_its_frequent_words_and_empty_texts_have_none()
    {
        Assert.Equal(["ox"], ClusterLabel.Describe(["ox ax", "ox"], Partition([0, 0], [1, 1]), words: 1)[0].Words);
        Assert.Empty(ClusterLabel.Describe(["", " ! "], Partition([0, 0], [1, 1]))[0].Words);
        Assert.Empty(ClusterLabel.Describe([], Partition([], [])));
    }

    [Fact]
    public void Refuses_the_partition_of_other_texts() =>
        Assert.Throws<ArgumentException>(() => ClusterLabel.Describe(["one"], Partition([0, 0], [1, 1])));

    private static Partition Partition(int[] assignments, float[] scores) => new(assignments, scores, new EmbeddingMatrix(assignments.Append(-1).Max() + 1, 2));
}
