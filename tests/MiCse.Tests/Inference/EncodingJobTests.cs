using CsCheck;
using MiCse.Inference;

namespace MiCse.Tests.Inference;

public class EncodingJobTests
{
    [Fact]
    public void Each_different_text_is_encoded_once_and_fills_the_rows_of_those_that_repeat_it() =>
        Gen.String[Gen.Char["ab"], 0, 3].Array[0, 40].Sample(texts =>
        {
            var job = new EncodingJob(texts, dimensions: 1);
            Assert.Equal(texts.Distinct(), job.Rows.Select(row => job[row]));
            var filled = job.Rows.Sum(row => job.Fill(row, [row + 1f], tokenCount: row, truncated: row % 2 == 1));

            Assert.Equal(texts.Length, filled);
            var firsts = Array.ConvertAll(texts, text => Array.IndexOf(texts, text));
            Assert.Equal(firsts.Select(first => first + 1f), job.Result.Embeddings.Values.ToArray());
            Assert.Equal(firsts, job.Result.TokenCounts);
            Assert.Equal(firsts.Select(first => first % 2 == 1), job.Result.Truncated);
        });
}
